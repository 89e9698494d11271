import { mkdirSync, chmodSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The one folder that holds all state: `SMM_HOME`, else the platform's
 * user-data folder.
 */
export function homeFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['SMM_HOME']) return env['SMM_HOME']
  const user = env['HOME'] || homedir()
  if (platform === 'win32') return join(env['APPDATA'] || join(user, 'AppData', 'Roaming'), 'smm')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'smm')
  return join(env['XDG_DATA_HOME'] || join(user, '.local', 'share'), 'smm')
}

/** Makes a folder that only this user may enter, also where it existed with wider rights. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  chmodSync(path, 0o700)
  return path
}
