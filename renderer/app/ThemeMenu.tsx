import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core'
import { DesktopIcon } from '@patternfly/react-icons/dist/esm/icons/desktop-icon'
import { MoonIcon } from '@patternfly/react-icons/dist/esm/icons/moon-icon'
import { SunIcon } from '@patternfly/react-icons/dist/esm/icons/sun-icon'
import { chooseTheme, useView, type ThemeChoice } from '../view/index.ts'

const choices: readonly { choice: ThemeChoice; label: string; icon: React.ReactNode }[] = [
  { choice: 'light', label: 'Light theme', icon: <SunIcon /> },
  { choice: 'dark', label: 'Dark theme', icon: <MoonIcon /> },
  { choice: 'system', label: 'Theme of the system', icon: <DesktopIcon /> },
]

/** Light, dark or as the system has it. */
export function ThemeMenu() {
  const chosen = useView((state) => state.themeChoice)
  return (
    <ToggleGroup aria-label="Theme" isCompact>
      {choices.map(({ choice, label, icon }) => (
        <ToggleGroupItem
          key={choice}
          icon={icon}
          aria-label={label}
          buttonId={`theme-${choice}`}
          isSelected={chosen === choice}
          onChange={() => chooseTheme(choice)}
        />
      ))}
    </ToggleGroup>
  )
}
