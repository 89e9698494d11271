import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Packed } from './compress.ts'
import { RecordingError } from './error.ts'

/** One row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/** The error for content that cannot be right; `what` completes "The recording is damaged: …". */
export function damaged(what: string): RecordingError {
  return new RecordingError(`The recording is damaged: ${what}.`)
}

/** The rows of a query, refused when there are more than `most`. */
export function* rows(
  database: DatabaseSync,
  sql: string,
  most: number,
  ...parameters: readonly SQLInputValue[]
): Generator<Row> {
  let count = 0
  for (const row of database.prepare(sql).iterate(...parameters)) {
    if (++count > most)
      throw new RecordingError(
        `The recording is refused: it holds more than ${most} rows of a kind.`,
      )
    yield row
  }
}

/** An integer column. */
export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw damaged(`column ${column} holds no number`)
  return value
}

/** The farthest from 1970 that a `Date` can be, in milliseconds. */
export const FARTHEST_MS = 8.64e15

/** A column of Unix milliseconds that a `Date` can hold. */
export function timeOf(row: Row, column: string): number {
  const ms = integer(row, column)
  if (Math.abs(ms) > FARTHEST_MS) throw damaged(`column ${column} holds no time`)
  return ms
}

/** A text column, of bounded length. */
export function textOf(row: Row, column: string, longest = 4096): string {
  const value = row[column]
  if (typeof value !== 'string' || value.length > longest)
    throw damaged(`column ${column} holds no text of at most ${longest} characters`)
  return value
}

/** The columns `size` and `data`. */
export function packed(row: Row): Packed {
  const data = row['data']
  if (!(data instanceof Uint8Array)) throw damaged('a part of it is missing')
  return { size: integer(row, 'size'), data }
}

/** Parses JSON that may be anything. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    throw damaged('a part of it is no JSON')
  }
}
