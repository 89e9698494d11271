import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { missingDisplay } from '../electron.ts'

/** Something of the machine that a stage of the tests cannot do without. */
export interface Need {
  /** What is missing, for a person; null when it is there. */
  missing(): string | null
  /** The one line that would supply it. */
  readonly remedy: string
}

function has(command: string): boolean {
  try {
    execFileSync(process.platform === 'win32' ? 'where' : 'which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const system = 'npm run setup:system'

/** The Go toolchain, which builds the rig's servers. */
export const go: Need = {
  missing: () => (has('go') ? null : 'Go is not installed'),
  remedy: 'install Go 1.26 or newer (https://go.dev/dl)',
}

/** A Chromium for Playwright to drive. */
export const chromium: Need = {
  missing: () => (existsSync('/usr/bin/chromium') ? null : 'Chromium is not installed'),
  remedy: system,
}

/** A screen for Electron: the user's own, or a virtual one. */
export const screen: Need = {
  missing: () =>
    missingDisplay() === null || has('xvfb-run') ? null : 'there is no display and no xvfb-run',
  remedy: system,
}

/** Programs that unpack a test Electron where its own download is out of reach. */
export const unpacking: Need = {
  missing: () => (has('pip') && has('unsquashfs') ? null : 'pip or unsquashfs is not installed'),
  remedy: system,
}

/** Root on Linux with the tools for network and mount namespaces: process pods. */
export const namespaces: Need = {
  missing: () => {
    if (process.platform !== 'linux') return 'process pods need Linux'
    if (process.getuid?.() !== 0) return 'process pods need root'
    const absent = ['ip', 'iptables', 'bwrap'].filter((command) => !has(command))
    return absent.length > 0 ? `${absent.join(', ')} not installed` : null
  },
  remedy: `sudo ${system} && sudo npm run test:all`,
}
