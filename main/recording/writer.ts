import { openSync, closeSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { RecordingError } from './error.ts'
import { objectHistory } from './object-history.ts'
import { sampleHistory, type AnswerWithRange } from './sample-history.ts'
import { APPLICATION_ID, FORMAT_VERSION, SCHEMA } from './schema.ts'
import type { ClusterSnapshot } from '../fleet/index.ts'

export type { AnswerWithRange }

/** What a recording says of itself. */
export interface RecordingMeta {
  /** Shown to whoever opens it. */
  readonly title: string
  readonly stepSeconds: number
  /** True where a player starts again after the end. */
  readonly loop: boolean
  /** Name and version of what wrote it. */
  readonly createdBy: string
}

/** One step: the fleet at a moment, and the telemetry samples that came since the last step. */
export interface RecordedStep {
  readonly atMs: number
  readonly clusters: readonly ClusterSnapshot[]
  readonly answers: readonly AnswerWithRange[]
}

/** What one step added. */
export interface StepSummary {
  readonly step: number
  readonly atMs: number
  readonly clusters: number
  /** Versions of objects that were new. */
  readonly objects: number
  readonly samples: number
}

/** Writes a recording, step by step. Everything is redacted here: nothing else writes the file. */
export interface RecordingWriter {
  /** Writes one step, wholly or not at all. Throws a {@link RecordingError} when `atMs` does not ascend. */
  write(step: RecordedStep): StepSummary
  /** Closes the recording into one file without sidecars. */
  close(): void
}

/**
 * Begins a recording in a new file, readable by its owner only. Throws a
 * {@link RecordingError} when the file exists or its folder cannot be written.
 */
export function createRecording(file: string, meta: RecordingMeta): RecordingWriter {
  reserve(file)
  const database = new DatabaseSync(file)
  transaction(database, () => {
    database.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}`,
    )
    for (const statement of Object.values(SCHEMA)) database.exec(statement)
    const insert = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    insert.run('title', meta.title)
    insert.run('stepSeconds', String(meta.stepSeconds))
    insert.run('loop', String(meta.loop))
    insert.run('createdBy', meta.createdBy)
  })
  // From here each committed step survives a crash of the process or the machine.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')

  const insertStep = database.prepare('INSERT INTO step (id, at_ms) VALUES (?, ?)')
  const objects = objectHistory(database)
  const samples = sampleHistory(database)
  let steps = 0
  let lastAtMs = -Infinity
  let broken = false

  return {
    write(step) {
      const atMs = Math.round(step.atMs)
      if (atMs <= lastAtMs)
        throw new RecordingError('A step of a recording must be later than the one before it.')
      if (broken)
        throw new RecordingError(
          'The recording stopped at an error; what was recorded before it is kept.',
        )
      const id = steps + 1
      // Until the step is committed, what the histories remember may not be in the file.
      broken = true
      const added = transaction(database, () => {
        insertStep.run(id, atMs)
        return {
          objects: objects.write(id, step.clusters),
          samples: samples.write(id, atMs, step.answers),
        }
      })
      broken = false
      steps = id
      lastAtMs = atMs
      return { step: id, atMs, clusters: step.clusters.length, ...added }
    },
    close() {
      database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = MEMORY;')
      database.close()
    },
  }
}

function reserve(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
    // A sidecar left by another recording of this name would be taken for ours.
    for (const sidecar of ['-wal', '-shm', '-journal']) rmSync(`${file}${sidecar}`, { force: true })
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new RecordingError(
      exists
        ? `${file} exists already: name a new file to record into.`
        : `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    )
  }
}

function transaction<T>(database: DatabaseSync, run: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
