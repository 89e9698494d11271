import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.ts'

/** A way to run Electron, or why there is none. */
export type Electron =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly reason: string }

/**
 * Finds Electron's program: the one `ELECTRON_OVERRIDE_DIST_PATH` names, the
 * one installed, or the one its package downloads. The download is given up
 * when no byte comes within 5 s, so that a silent firewall costs no more.
 */
export async function findElectron(say: (line: string) => void): Promise<Electron> {
  const name =
    { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[
      process.platform as 'win32' | 'darwin'
    ] ?? 'electron'
  const supplied = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const dist = supplied ?? join(root, 'node_modules/electron/dist')
  const path = join(dist, name)
  if (existsSync(path)) return { found: true, path }
  if (supplied !== undefined) return { found: false, reason: `there is no ${name} in ${supplied}` }
  const unreachable = await probe()
  if (unreachable !== null) return { found: false, reason: unreachable }
  say('Downloading Electron (about 110 MB, once)…')
  const { code, output } = await run('node', ['node_modules/electron/install.js'])
  if (code === 0 && existsSync(path)) return { found: true, path }
  return { found: false, reason: `its download failed (${output.trim().split('\n')[0]})` }
}

/** Asks the download host for the first byte; returns why it gave none, or null. */
async function probe(): Promise<string | null> {
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'),
  ) as { version: string }
  const mirror =
    process.env['ELECTRON_MIRROR'] ??
    process.env['npm_config_electron_mirror'] ??
    'https://github.com/electron/electron/releases/download/'
  try {
    const answer = await fetch(`${mirror}v${version}/SHASUMS256.txt`, {
      signal: AbortSignal.timeout(5000),
    })
    const first = await answer.body?.getReader().read()
    return answer.ok && first?.done === false ? null : `its download host answered ${answer.status}`
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    return timedOut ? 'its download gave no byte in 5 s' : 'its download host cannot be reached'
  }
}

/** Why this machine can show no window; null when it can. */
export function missingDisplay(): string | null {
  if (process.platform !== 'linux') return null
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? null : 'there is no display'
}
