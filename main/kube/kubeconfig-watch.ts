import { existsSync, realpathSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Tools write a kubeconfig in several steps: wait for the last. */
const settleMs = 100

/**
 * Calls back shortly after any of the files was changed, made, replaced or
 * removed. Folders are watched, not files, because most tools replace a
 * kubeconfig by renaming another over it. Returns how to stop.
 */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  const byFolder = new Map<string, Set<string>>()
  for (const file of files.flatMap(withTarget)) {
    const names = byFolder.get(dirname(file)) ?? new Set<string>()
    byFolder.set(dirname(file), names.add(basename(file)))
  }
  let timer: NodeJS.Timeout | undefined
  const watchers: FSWatcher[] = []
  for (const [folder, names] of byFolder) {
    if (!existsSync(folder)) continue
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name !== null && !names.has(name)) return
      clearTimeout(timer)
      timer = setTimeout(onChange, settleMs)
      timer.unref()
    })
    // A folder that goes away takes its contexts with it at the next start.
    watcher.on('error', () => watcher.close())
    watchers.push(watcher)
  }
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

/** A kubeconfig may be a link to a file that is changed elsewhere. */
function withTarget(file: string): string[] {
  try {
    return [...new Set([file, realpathSync(file)])]
  } catch {
    return [file]
  }
}
