import { viewStore, type ThemeChoice } from './store.ts'

const storageKey = 'smm.theme'
const darkClass = 'pf-v6-theme-dark'

/** Reads a stored choice; anything unknown is `system`. */
export function parseThemeChoice(stored: string | null): ThemeChoice {
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** What a choice comes to. */
export function resolveTheme(choice: ThemeChoice, systemIsDark: boolean): 'light' | 'dark' {
  if (choice === 'system') return systemIsDark ? 'dark' : 'light'
  return choice
}

/** Starts following the stored choice and the system's preference, and paints the page accordingly. */
export function startTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const apply = (choice: ThemeChoice) => {
    const theme = resolveTheme(choice, system.matches)
    document.documentElement.classList.toggle(darkClass, theme === 'dark')
    viewStore.setState({ themeChoice: choice, theme })
  }
  apply(parseThemeChoice(localStorage.getItem(storageKey)))
  system.addEventListener('change', () => apply(viewStore.getState().themeChoice))
  viewStore.subscribe((state, previous) => {
    if (state.themeChoice === previous.themeChoice) return
    localStorage.setItem(storageKey, state.themeChoice)
    apply(state.themeChoice)
  })
}

/** Sets and keeps the user's choice. */
export function chooseTheme(themeChoice: ThemeChoice): void {
  viewStore.setState({ themeChoice })
}
