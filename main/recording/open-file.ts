import { closeSync, copyFileSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { RecordingError } from './error.ts'
import { APPLICATION_ID, FORMAT_VERSION, LIMITS, SCHEMA } from './schema.ts'

/** An opened recording file: checked, immutable, read-only. */
export interface RecordingFile {
  readonly database: DatabaseSync
  close(): void
}

/**
 * Opens a recording without trusting it: nothing in the file can run, its
 * header, integrity and schema are checked before a row of it is used, and
 * the file itself is never written. A recording whose writer was killed is
 * recovered in a private copy. Throws a {@link RecordingError} saying why a
 * file is refused.
 */
export function openRecordingFile(file: string): RecordingFile {
  checkFile(file)
  const copy = sizeOf(`${file}-wal`) > 0 ? recover(file) : null
  try {
    if (copy) checkFile(copy.file)
    const database = openImmutable(copy?.file ?? file)
    try {
      checkSchema(file, database)
      checkIntegrity(file, database)
      return {
        database,
        close() {
          database.close()
          copy?.remove()
        },
      }
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    copy?.remove()
    throw refusal(file, error)
  }
}

function refusal(file: string, error: unknown): RecordingError {
  if (error instanceof RecordingError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new RecordingError(`${basename(file)} cannot be read as a recording: ${reason}.`, {
    cause: error,
  })
}

/** Whether this is a file of ours and of a size we read, before SQLite sees it. */
function checkFile(file: string): void {
  const name = basename(file)
  let header: Buffer
  try {
    const info = statSync(file)
    if (!info.isFile()) throw new RecordingError(`${name} is not a file.`)
    if (info.size > LIMITS.fileBytes)
      throw new RecordingError(
        `${name} is larger than the ${LIMITS.fileBytes / 1024 ** 3} GiB a recording may have.`,
      )
    header = readHeader(file)
  } catch (error) {
    throw refusal(file, error)
  }
  const isSqlite = header.subarray(0, 16).toString('latin1') === 'SQLite format 3\0'
  if (!isSqlite || header.readUInt32BE(68) !== APPLICATION_ID)
    throw new RecordingError(`${name} is no recording of Service Mesh Manager.`)
  const version = header.readUInt32BE(60)
  if (version !== FORMAT_VERSION)
    throw new RecordingError(
      `${name} has recording format ${version}; this version reads format ${FORMAT_VERSION}.` +
        (version > FORMAT_VERSION ? ' A newer Service Mesh Manager can open it.' : ''),
    )
}

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(100)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, header, 0, header.length, 0)
  } finally {
    closeSync(descriptor)
  }
  return header
}

/**
 * Brings what a killed writer left in its write-ahead log into a copy, as one
 * file. A rollback journal is never replayed: ours leaves none, and a foreign
 * one may name other files to delete.
 */
function recover(file: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'smm-recording-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'recording')
    if (sizeOf(`${file}-wal`) > LIMITS.fileBytes)
      throw new RecordingError(`${basename(file)} has a write-ahead log that is too large.`)
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    const database = new DatabaseSync(copy, { defensive: true, allowExtension: false })
    try {
      database.exec('PRAGMA trusted_schema = OFF')
      database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = MEMORY;')
    } finally {
      database.close()
    }
    return { file: copy, remove }
  } catch (error) {
    remove()
    throw refusal(file, error)
  }
}

/** Bytes of a file; 0 where there is none. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function openImmutable(file: string): DatabaseSync {
  const url = pathToFileURL(resolve(file))
  url.searchParams.set('immutable', '1')
  url.searchParams.set('mode', 'ro')
  const database = new DatabaseSync(url, {
    readOnly: true,
    allowExtension: false,
    defensive: true,
    enableDoubleQuotedStringLiterals: false,
    limits: { length: LIMITS.blobBytes, attach: 0 },
  })
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON;')
  return database
}

/** The schema must be ours to the letter: so there is no trigger, view, virtual table, index or function in it. */
function checkSchema(file: string, database: DatabaseSync): void {
  const expected = Object.keys(SCHEMA)
  const rows = database
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT ?')
    .all(expected.length + 1)
  const isOurs = (row: (typeof rows)[number]) =>
    row['type'] === 'table' &&
    typeof row['name'] === 'string' &&
    row['tbl_name'] === row['name'] &&
    Object.hasOwn(SCHEMA, row['name']) &&
    row['sql'] === SCHEMA[row['name']]
  const names = new Set(rows.map((row) => row['name']))
  if (rows.length !== expected.length || names.size !== expected.length || !rows.every(isOurs))
    throw new RecordingError(
      `${basename(file)} is refused: its tables are not those of a recording of format ${FORMAT_VERSION}.`,
    )
}

function checkIntegrity(file: string, database: DatabaseSync): void {
  const row = database.prepare('PRAGMA integrity_check(1)').get()
  const verdict = row && Object.values(row)[0]
  if (verdict !== 'ok')
    throw new RecordingError(`${basename(file)} is damaged: ${String(verdict)}. Record it again.`)
}
