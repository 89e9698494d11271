import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folder for heavy builds and downloads, outside any checkout, shared by all of them. */
export function cacheDir(...parts: readonly string[]): string {
  const base =
    process.env['SMM_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'smm')
  return join(base, ...parts)
}
