import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { homeFolder, privateFolder } from './home.ts'
import { checkSettings, defaultSettings, parseSetting, type Settings } from './settings.ts'

/** How a context may be used. Contexts start read-only. */
export interface ContextLock {
  readonly locked: boolean
  readonly production: boolean
}

/**
 * All that outlives a run, in `SMM_HOME`. One SQLite file in WAL mode, synced
 * on every commit: what a call returned from survives a kill -9, and app and
 * CLI may use it at the same time. Reads go to the file, so that one process
 * sees at once what another changed.
 */
export interface State {
  readonly home: string
  /** For sockets and files of running processes; only this user may enter. */
  readonly runFolder: string
  settings(): Settings
  /** Replaces the named settings and leaves the others. */
  saveSettings(changes: Partial<Settings>): void
  contextLock(context: string): ContextLock
  setContextLock(context: string, lock: Partial<ContextLock>): void
  /** True when the user agreed to run exactly this program (see kube's exec plugin digest). */
  execTrusted(context: string, digest: string): boolean
  trustExec(context: string, digest: string): void
  close(): void
}

/** Told of stored values that had to be left aside, in words for a person. */
export type OnProblem = (problem: string) => void

/** Opens (and on first use makes) the home folder. Throws when it cannot be made or is not a database. */
export function openState(options: { home?: string; onProblem?: OnProblem } = {}): State {
  const home = privateFolder(options.home ?? homeFolder())
  const runFolder = privateFolder(join(home, 'run'))
  const file = join(home, 'state.db')
  const db = new DatabaseSync(file)
  chmodSync(file, 0o600)
  db.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS context_lock (
      context TEXT PRIMARY KEY, locked INTEGER NOT NULL, production INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS exec_trust (
      context TEXT NOT NULL, digest TEXT NOT NULL, at_ms INTEGER NOT NULL,
      PRIMARY KEY (context, digest)) STRICT;
  `)
  const selectSettings = db.prepare('SELECT name, value FROM setting')
  const upsertSetting = db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)')
  const selectLock = db.prepare('SELECT locked, production FROM context_lock WHERE context = ?')
  const upsertLock = db.prepare(
    'INSERT OR REPLACE INTO context_lock (context, locked, production) VALUES (?, ?, ?)',
  )
  const selectTrust = db.prepare('SELECT 1 FROM exec_trust WHERE context = ? AND digest = ?')
  const upsertTrust = db.prepare(
    'INSERT OR REPLACE INTO exec_trust (context, digest, at_ms) VALUES (?, ?, ?)',
  )

  function settings(): Settings {
    let read = defaultSettings
    for (const row of selectSettings.all()) {
      const name = String(row['name'])
      if (!isSettingName(name)) continue
      const parsed = parseSetting(name, String(row['value']))
      if (parsed.ok) read = { ...read, ...parsed.setting }
      else options.onProblem?.(`setting ${name} in ${file} ${parsed.reason}; its default is used`)
    }
    return read
  }

  function contextLock(context: string): ContextLock {
    const row = selectLock.get(context)
    if (!row) return { locked: true, production: false }
    return { locked: row['locked'] !== 0, production: row['production'] !== 0 }
  }

  return {
    home,
    runFolder,
    settings,
    saveSettings(changes) {
      const checked = checkSettings(changes)
      db.exec('BEGIN IMMEDIATE')
      try {
        for (const [name, value] of Object.entries(checked)) {
          upsertSetting.run(name, JSON.stringify(value))
        }
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    contextLock,
    setContextLock(context, lock) {
      const next = { ...contextLock(context), ...lock }
      upsertLock.run(context, next.locked ? 1 : 0, next.production ? 1 : 0)
    },
    execTrusted: (context, digest) => selectTrust.get(context, digest) !== undefined,
    trustExec(context, digest) {
      upsertTrust.run(context, digest, Date.now())
    },
    close: () => db.close(),
  }
}

function isSettingName(name: string): name is keyof Settings {
  return Object.hasOwn(defaultSettings, name)
}
