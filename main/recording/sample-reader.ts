import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { SampleStore, SeriesTable } from '../prom/index.ts'
import { decodeChunk, forget, freshState, type ChunkState, type Samples } from './chunk.ts'
import { unpack } from './compress.ts'
import { damaged, integer, packed, parseJson, rows, textOf } from './rows.ts'
import { seriesTable } from './sample-store.ts'
import { LIMITS } from './schema.ts'
import { decodeSeries, emptyDictionary, type SeriesDictionary } from './series.ts'

/** What an endpoint said when it was recorded at a step. */
export interface RecordedAnswer {
  readonly endpoint: string
  readonly clusters: readonly string[]
  readonly ageSeconds: number
  /** Why it did not answer; null when it did. */
  readonly reason: string | null
  readonly remedy: string | null
}

/** The recorded samples of an opened file. */
export interface SampleReader {
  /** One answer per endpoint that was asked at this step. */
  answersAt(step: number): readonly RecordedAnswer[]
  /** Whether the endpoint was asked, with success, about all of the range (from, to]. */
  isCovered(endpoint: string, fromMs: number, toMs: number): boolean
  /** The earliest moment samples were asked for; Infinity when there are none. */
  beginMs(endpoint: string): number
  /** Samples in the left-open range (from, to]; a metric is decoded when it is first asked for. */
  store(endpoint: string, fromMs: number, toMs: number): SampleStore
}

interface ChunkRow {
  readonly id: number
  readonly isKey: boolean
  readonly stepMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** One metric of one endpoint: where its chunks are, and what was decoded of them lately. */
interface Metric {
  readonly chunks: ChunkRow[]
  dictionary: SeriesDictionary | null
  /** Decoding can go on at chunk `next` with this state. */
  cursor: { next: number; readonly state: ChunkState } | null
}

/** Decoded samples kept for the next question: about 80 MB at most. */
const CACHED_SAMPLES = 4_000_000

/** Reads the samples of an opened file. Damage throws a `RecordingError` when it is met. */
export function sampleReader(database: DatabaseSync): SampleReader {
  const endpoints = new Map<string, number>()
  const names = new Map<number, string>()
  for (const row of rows(database, 'SELECT id, name FROM endpoint', LIMITS.endpoints)) {
    endpoints.set(textOf(row, 'name'), integer(row, 'id'))
    names.set(integer(row, 'id'), textOf(row, 'name'))
  }
  const coverage = readCoverage(database)
  const metrics = readChunks(database)
  const cache = sampleCache()
  const selectChunk = database.prepare('SELECT size, data FROM chunk WHERE id = ?')

  function decode(
    metric: Metric,
    dictionary: SeriesDictionary,
    from: number,
    to: number,
  ): Samples[] {
    const decoded: Samples[] = []
    let index = from
    for (; index < to; index++) {
      const chunk = metric.chunks[index]
      const known = chunk && cache.get(chunk.id)
      if (!known) break
      decoded.push(known)
    }
    if (index === to) return decoded
    let key = index
    while (key > 0 && !metric.chunks[key]?.isKey) key--
    const resumed =
      metric.cursor !== null && metric.cursor.next > key && metric.cursor.next <= index
    const cursor =
      resumed && metric.cursor !== null
        ? metric.cursor
        : { next: key, state: freshState(dictionary.count) }
    metric.cursor = null
    for (; cursor.next < to; cursor.next++) {
      const chunk = metric.chunks[cursor.next]
      const row = chunk && selectChunk.get(chunk.id)
      if (!row) throw damaged('samples are missing')
      if (chunk.isKey) forget(cursor.state)
      const samples = decodeChunk(
        unpack(packed(row), LIMITS.unpackedBytes),
        cursor.state,
        dictionary.neighbours,
        chunk.stepMs,
        LIMITS.samplesPerChunk,
      )
      cache.set(chunk.id, samples)
      if (cursor.next >= index) decoded.push(samples)
    }
    metric.cursor = cursor
    return decoded
  }

  return {
    answersAt: (step) => readAnswers(database, step, names),
    isCovered(endpoint, fromMs, toMs) {
      const spans = coverage.get(endpoints.get(endpoint) ?? 0) ?? []
      return spans.some((span) => span.fromMs <= fromMs && toMs <= span.toMs)
    },
    beginMs: (endpoint) => coverage.get(endpoints.get(endpoint) ?? 0)?.[0]?.fromMs ?? Infinity,
    store(endpoint, fromMs, toMs) {
      const id = endpoints.get(endpoint) ?? 0
      const read = new Map<string, SeriesTable>()
      return {
        keys: () => (metrics.get(id) ?? new Map<string, Metric>()).keys(),
        get(name) {
          const metric = metrics.get(id)?.get(name)
          if (metric === undefined || read.has(name)) return read.get(name)
          metric.dictionary ??= readSeries(database, id, name)
          const from = metric.chunks.findIndex((chunk) => chunk.toMs > fromMs)
          const to = metric.chunks.findLastIndex((chunk) => chunk.fromMs <= toMs) + 1
          const decoded = from < 0 || to <= from ? [] : decode(metric, metric.dictionary, from, to)
          const table = seriesTable(metric.dictionary, decoded, fromMs, toMs)
          read.set(name, table)
          return table
        },
      }
    },
  }
}

const clustersSchema = z.array(z.string().max(4096)).max(LIMITS.clusters)

function readAnswers(
  database: DatabaseSync,
  step: number,
  names: ReadonlyMap<number, string>,
): RecordedAnswer[] {
  const sql = 'SELECT endpoint, clusters, age_seconds, reason, remedy FROM answer WHERE step = ?'
  return [...rows(database, sql, LIMITS.endpoints, step)].map((row) => {
    const endpoint = names.get(integer(row, 'endpoint'))
    const clusters = clustersSchema.safeParse(parseJson(textOf(row, 'clusters', LIMITS.textBytes)))
    const ageSeconds = row['age_seconds']
    const isAge = typeof ageSeconds === 'number' && Number.isFinite(ageSeconds)
    if (endpoint === undefined || !clusters.success || !isAge)
      throw damaged('an answer of an endpoint is malformed')
    return {
      endpoint,
      clusters: clusters.data,
      ageSeconds,
      reason: row['reason'] === null ? null : textOf(row, 'reason'),
      remedy: row['remedy'] === null ? null : textOf(row, 'remedy'),
    }
  })
}

interface Span {
  readonly fromMs: number
  toMs: number
}

/** For each endpoint the ranges of time it answered for, joined where they touch. */
function readCoverage(database: DatabaseSync): Map<number, Span[]> {
  const coverage = new Map<number, Span[]>()
  const sql = 'SELECT endpoint, from_ms, to_ms FROM answer WHERE reason IS NULL ORDER BY step'
  for (const row of rows(database, sql, LIMITS.steps * 100)) {
    const endpoint = integer(row, 'endpoint')
    const span = { fromMs: integer(row, 'from_ms'), toMs: integer(row, 'to_ms') }
    const spans = coverage.get(endpoint) ?? []
    coverage.set(endpoint, spans)
    const last = spans.at(-1)
    if (last !== undefined && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs)
    else spans.push(span)
  }
  return coverage
}

/** Where the chunks of each metric of each endpoint are. */
function readChunks(database: DatabaseSync): Map<number, Map<string, Metric>> {
  const endpoints = new Map<number, Map<string, Metric>>()
  const sql = `SELECT chunk.id, endpoint, metric, is_key, from_ms, to_ms, at_ms
    FROM chunk JOIN step ON step.id = chunk.step ORDER BY chunk.id`
  for (const row of rows(database, sql, LIMITS.chunks)) {
    const metrics = endpoints.get(integer(row, 'endpoint')) ?? new Map<string, Metric>()
    endpoints.set(integer(row, 'endpoint'), metrics)
    const name = textOf(row, 'metric')
    const metric = metrics.get(name) ?? { chunks: [], dictionary: null, cursor: null }
    metrics.set(name, metric)
    metric.chunks.push({
      id: integer(row, 'id'),
      isKey: row['is_key'] === 1,
      stepMs: integer(row, 'at_ms'),
      fromMs: integer(row, 'from_ms'),
      toMs: integer(row, 'to_ms'),
    })
  }
  return endpoints
}

function readSeries(database: DatabaseSync, endpoint: number, metric: string): SeriesDictionary {
  const sql = 'SELECT size, data FROM series_pack WHERE endpoint = ? AND metric = ? ORDER BY id'
  let dictionary = emptyDictionary
  for (const row of rows(database, sql, LIMITS.chunks, endpoint, metric)) {
    dictionary = decodeSeries(unpack(packed(row), LIMITS.unpackedBytes), dictionary)
  }
  const keys = ['', ...Array.from({ length: dictionary.count }, (_, series) => String(series))]
  const codes = Uint32Array.from({ length: dictionary.count }, (_, series) => series + 1)
  // What told series apart that differ in labels not recorded is not kept; their number does as well.
  return { ...dictionary, labels: { ...dictionary.labels, series: { dictionary: keys, codes } } }
}

/** Decoded chunks by id; the longest unused go first. */
function sampleCache() {
  const chunks = new Map<number, Samples>()
  let total = 0
  return {
    get(id: number): Samples | undefined {
      const samples = chunks.get(id)
      if (samples !== undefined) {
        chunks.delete(id)
        chunks.set(id, samples)
      }
      return samples
    },
    set(id: number, samples: Samples): void {
      total += samples.series.length - (chunks.get(id)?.series.length ?? 0)
      chunks.delete(id)
      chunks.set(id, samples)
      for (const [oldest, { series }] of chunks) {
        if (total <= CACHED_SAMPLES || oldest === id) break
        chunks.delete(oldest)
        total -= series.length
      }
    },
  }
}
