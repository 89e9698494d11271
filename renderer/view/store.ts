import { createStore } from 'zustand/vanilla'
import { useStore } from 'zustand'

/** What the user chose for the colours. */
export type ThemeChoice = 'system' | 'light' | 'dark'

/** How the page stands to its backend. `ended` cannot recover by itself: the session is no longer accepted. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  | { readonly state: 'away'; readonly sinceMs: number }
  | { readonly state: 'ended' }

/** View state that is not in the URL. Data lives in Apollo Client; what can be linked to lives in the URL. */
export interface ViewState {
  readonly themeChoice: ThemeChoice
  /** What the choice comes to with the system's preference. */
  readonly theme: 'light' | 'dark'
  readonly connection: Connection
}

/** The one store of view state; usable outside React, by the theme and the connection. */
export const viewStore = createStore<ViewState>(() => ({
  themeChoice: 'system',
  theme: 'light',
  connection: { state: 'connecting' },
}))

/** One value of the view state, for a component. */
export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(viewStore, select)
}
