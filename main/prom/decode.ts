import { code, expect, JsonShapeError, more, skipSpace } from './json.ts'
import { readQuotedNumber, readSecondsAsMs, readString, skipValue } from './json.ts'
import type { Cursor } from './json.ts'
import { NumberReader } from './numbers.ts'
import { LabelReader } from './labels.ts'
import { PrometheusError } from './error.ts'
import type { LabelColumn, Table } from './table.ts'

/** Series with many samples each: those of series `i` are `offsets[i]` to `offsets[i + 1]`. */
export interface SeriesTable {
  readonly seriesCount: number
  readonly labels: Readonly<Record<string, LabelColumn>>
  readonly offsets: Uint32Array
  readonly atMs: Float64Array
  readonly values: Float64Array
}

/**
 * Decodes an instant answer into columns: one row per series, value `rate`.
 * Values that are not finite are dropped.
 * @throws PrometheusError when it is not such an answer
 */
export function decodeVector(body: Uint8Array): Table {
  return decode(body, 'vector', (cursor) => {
    let rowCount = 0
    const guess = guessRows(cursor.bytes)
    const reader = new LabelReader(cursor, guess)
    const rates = new NumberReader(cursor, guess)
    for (let first = true; more(cursor, code.closeArray, first); first = false) {
      let isKept = false
      expect(cursor, code.openObject)
      for (let start = true; more(cursor, code.closeObject, start); start = false) {
        const key = nextKey(cursor)
        if (key === 'metric') reader.read(rowCount)
        else if (key === 'value') {
          expect(cursor, code.openArray)
          skipValue(cursor)
          expect(cursor, code.comma)
          isKept = rates.read()
          expect(cursor, code.closeArray)
        } else skipValue(cursor)
      }
      if (isKept) rowCount++
      else reader.clear(rowCount)
    }
    return {
      rowCount,
      labels: reader.finish(rowCount),
      values: { rate: rates.finish() },
    }
  })
}

/**
 * Decodes a range answer (or an instant answer to a range selector).
 * @throws PrometheusError when it is not such an answer
 */
export function decodeMatrix(body: Uint8Array): SeriesTable {
  return decode(body, 'matrix', (cursor) => {
    let seriesCount = 0
    let samples = 0
    let offsets = new Uint32Array(16)
    let atMs = new Float64Array(Math.max(16, cursor.bytes.length >> 5))
    let values = new Float64Array(atMs.length)
    const reader = new LabelReader(cursor, 16)
    for (let first = true; more(cursor, code.closeArray, first); first = false) {
      expect(cursor, code.openObject)
      for (let start = true; more(cursor, code.closeObject, start); start = false) {
        const key = nextKey(cursor)
        if (key === 'metric') reader.read(seriesCount)
        else if (key === 'values') {
          expect(cursor, code.openArray)
          for (let begin = true; more(cursor, code.closeArray, begin); begin = false) {
            const pair = readPair(cursor)
            if (samples === atMs.length) {
              atMs = larger(atMs)
              values = larger(values)
            }
            atMs[samples] = pair.atMs
            values[samples++] = pair.value
          }
        } else skipValue(cursor)
      }
      if (seriesCount + 2 > offsets.length) {
        const next = new Uint32Array(offsets.length * 2)
        next.set(offsets)
        offsets = next
      }
      offsets[++seriesCount] = samples
    }
    return {
      seriesCount,
      labels: reader.finish(seriesCount),
      offsets: offsets.subarray(0, seriesCount + 1),
      atMs: atMs.subarray(0, samples),
      values: values.subarray(0, samples),
    }
  })
}

/**
 * Decodes a scalar answer.
 * @throws PrometheusError when it is not such an answer
 */
export function decodeScalar(body: Uint8Array): number {
  return decode(body, 'scalar', (cursor) => {
    cursor.at-- // `decode` is past the bracket that here opens the pair itself
    return readPair(cursor).value
  })
}

/** What Prometheus says of an error it answers, or null when the body says nothing of the kind. */
export function decodeError(body: Uint8Array): string | null {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 65_536)).toString()
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return null
    // Prometheus says `error`, an API server's Service proxy answers a Status with `message`.
    if ('error' in parsed && typeof parsed.error === 'string') return parsed.error
    return 'message' in parsed && typeof parsed.message === 'string' ? parsed.message : null
  } catch {
    return null
  }
}

const pair = { atMs: 0, value: 0 }

/** Reads `[seconds, "value"]`; the result is used up before the next call. */
function readPair(cursor: Cursor): { readonly atMs: number; readonly value: number } {
  expect(cursor, code.openArray)
  pair.atMs = readSecondsAsMs(cursor)
  expect(cursor, code.comma)
  pair.value = readQuotedNumber(cursor)
  expect(cursor, code.closeArray)
  return pair
}

const metricKey = Buffer.from('"metric":')
const valueKey = Buffer.from('"value":')

/** Reads an object's next key; the two that every row has are told without making a string. */
function nextKey(cursor: Cursor): string {
  if (takeBytes(cursor, metricKey)) return 'metric'
  if (takeBytes(cursor, valueKey)) return 'value'
  const key = readString(cursor)
  expect(cursor, code.colon)
  return key
}

function takeBytes(cursor: Cursor, wanted: Buffer): boolean {
  for (let at = 0; at < wanted.length; at++) {
    if (cursor.bytes[cursor.at + at] !== wanted[at]) return false
  }
  cursor.at += wanted.length
  return true
}

/** Walks an answer's envelope and reads its result, whose opening bracket is behind the cursor. */
function decode<T>(
  body: Uint8Array,
  type: 'vector' | 'matrix' | 'scalar',
  readResult: (cursor: Cursor) => T,
): T {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const cursor: Cursor = { bytes, at: 0 }
  let found: { readonly result: T } | null = null
  let error: string | null = null
  try {
    expect(cursor, code.openObject)
    for (let first = true; more(cursor, code.closeObject, first); first = false) {
      const key = nextKey(cursor)
      if (key === 'error') error = readString(cursor)
      else if (key !== 'data') skipValue(cursor)
      else {
        expect(cursor, code.openObject)
        let actual: string = type
        for (let start = true; more(cursor, code.closeObject, start); start = false) {
          const inner = nextKey(cursor)
          if (inner === 'resultType') actual = readString(cursor)
          else if (inner === 'result' && actual === type) {
            expect(cursor, code.openArray)
            found = { result: readResult(cursor) }
          } else skipValue(cursor)
        }
        if (actual !== type) throw new JsonShapeError(`a ${type}, not a ${actual},`, cursor.at)
      }
    }
    skipSpace(cursor)
    if (cursor.at !== bytes.length) throw new JsonShapeError('the end of the answer', cursor.at)
  } catch (cause) {
    throw asPrometheusError(bytes, cause)
  }
  if (error !== null) throw new PrometheusError(`Prometheus answered an error: ${error}`, null)
  if (found === null) throw new PrometheusError('the answer holds no result', wrongServer)
  return found.result
}

const wrongServer = 'Check that the address is that of a Prometheus-compatible query API.'

function asPrometheusError(bytes: Buffer, cause: unknown): PrometheusError {
  if (!(cause instanceof JsonShapeError)) throw cause
  const start = bytes.toString('utf8', 0, 64).trimStart()
  if (start.startsWith('<')) {
    return new PrometheusError('the answer is an HTML page, not JSON', wrongServer, { cause })
  }
  if (cause.at >= bytes.length) {
    return new PrometheusError(
      `the answer was cut off after ${bytes.length} bytes`,
      'Try again; if it stays so, look for a proxy that limits the size of answers.',
      { cause },
    )
  }
  return new PrometheusError(
    `the answer is not what Prometheus sends: ${cause.message}`,
    wrongServer,
    { cause },
  )
}

function guessRows(bytes: Buffer): number {
  return Math.max(16, bytes.length >> 9)
}

function larger(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const next = new Float64Array(array.length * 2)
  next.set(array)
  return next
}
