import { realpathSync, statSync, unwatchFile, watch, watchFile, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Tools write a kubeconfig in several steps: wait for the last. */
const settleMs = 100
/** How often to look where the system gives no more watches. */
const pollMs = 2_000

/**
 * Calls back shortly after any of the files was changed, made, replaced or
 * removed. Folders are watched, not files, because most tools replace a
 * kubeconfig by renaming another over it. Returns how to stop.
 */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  const watched = new Set(files.flatMap(withTarget))
  let timer: NodeJS.Timeout | undefined
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(onChange, settleMs)
    timer.unref()
  }
  const stops = [...new Set([...watched].map((file) => dirname(file)))].map((folder) => {
    const inFolder = [...watched].filter((file) => dirname(file) === folder)
    return watchFolder(folder, inFolder, changed)
  })
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

function watchFolder(folder: string, files: readonly string[], changed: () => void): () => void {
  const names = new Set(files.map((file) => basename(file)))
  let stopPolling: (() => void) | null = null
  const fallBack = (): void => {
    stopPolling ??= poll(files, changed)
  }
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || names.has(name)) changed()
    })
    watcher.on('error', () => {
      watcher?.close()
      fallBack()
    })
  } catch {
    // The folder is not there yet, or the system's watches are used up (EMFILE, ENOSPC).
    fallBack()
  }
  return () => {
    watcher?.close()
    stopPolling?.()
  }
}

function poll(files: readonly string[], changed: () => void): () => void {
  const before = files.map(stamp)
  for (const file of files) watchFile(file, { interval: pollMs, persistent: false }, changed)
  // watchFile takes its first look some time after this call: what changed until then it never tells.
  const check = setTimeout(() => {
    if (files.some((file, index) => stamp(file) !== before[index])) changed()
  }, pollMs)
  check.unref()
  return () => {
    clearTimeout(check)
    for (const file of files) unwatchFile(file, changed)
  }
}

/** Tells one state of a file from another; the same for every file that is not there or may not be looked at. */
function stamp(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file)
    return `${ino} ${mtimeMs} ${size}`
  } catch {
    return ''
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
