import type { DatabaseSync } from 'node:sqlite'
import type { EndpointAnswer } from '../fleet/index.ts'
import type { SamplesQuestion, Table } from '../prom/index.ts'
import { encodeChunk, forget, freshState, type ChunkState, type Samples } from './chunk.ts'
import { pack } from './compress.ts'
import { redactText } from './redact-text.ts'
import { register } from './register.ts'
import { inOrderOfTime, labelsAt, rowReader, type MetricRows } from './sample-rows.ts'
import { encodeSeries, inOrder, type SeriesLabels } from './series.ts'

/** Samples of all endpoints over time. */
export interface SampleHistory {
  /** Writes the samples not written before; returns how many there were. */
  write(step: number, atMs: number, answers: readonly AnswerWithRange[]): number
}

/** What an endpoint said to a question for samples from `fromMs` to the step. */
export interface AnswerWithRange {
  readonly fromMs: number
  readonly answer: EndpointAnswer<SamplesQuestion>
}

/** One metric of one endpoint, as far as it is written. */
interface MetricHistory {
  /** Series number by its labels and opaque key. */
  readonly numbers: Map<string, number>
  neighbours: Int32Array
  state: ChunkState
  lastAtMs: Float64Array
  stepsSinceKey: number
}

/** A reader that wants one moment decodes at most this many steps before it. */
const STEPS_PER_KEY = 20

/** The {@link SampleHistory} of a file that has no steps yet. */
export function sampleHistory(database: DatabaseSync): SampleHistory {
  const endpointNumber = register(database.prepare('INSERT INTO endpoint (id, name) VALUES (?, ?)'))
  const insertAnswer = database.prepare(
    `INSERT INTO answer (step, endpoint, clusters, age_seconds, from_ms, to_ms, reason, remedy)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertSeries = database.prepare(
    'INSERT INTO series_pack (step, endpoint, metric, size, data) VALUES (?, ?, ?, ?, ?)',
  )
  const insertChunk = database.prepare(
    `INSERT INTO chunk (step, endpoint, metric, is_key, from_ms, to_ms, size, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const metrics = new Map<string, MetricHistory>()
  const readRows = rowReader()

  function metricOf(endpoint: number, metric: string): MetricHistory {
    const key = `${endpoint}/${metric}`
    let history = metrics.get(key)
    if (history === undefined) {
      history = {
        numbers: new Map(),
        neighbours: new Int32Array(0),
        state: freshState(0),
        lastAtMs: new Float64Array(0),
        stepsSinceKey: STEPS_PER_KEY,
      }
      metrics.set(key, history)
    }
    return history
  }

  function writeMetric(
    step: number,
    atMs: number,
    endpoint: number,
    metric: string,
    rows: MetricRows,
    table: Table,
  ) {
    const history = metricOf(endpoint, metric)
    const { numbers, added } = numberSeries(history, rows, table)
    if (added.length > 0) {
      const { bytes, neighbours } = encodeSeries(added)
      const { size, data } = pack(bytes)
      insertSeries.run(step, endpoint, metric, size, data)
      history.neighbours = appended(history.neighbours, neighbours)
    }
    const samples = newSamples(history, rows, numbers)
    if (samples.series.length === 0) {
      history.stepsSinceKey++
      return 0
    }
    const isKey = history.stepsSinceKey >= STEPS_PER_KEY
    if (isKey) forget(history.state)
    history.stepsSinceKey = isKey ? 1 : history.stepsSinceKey + 1
    const bytes = encodeChunk(samples, history.state, history.neighbours, atMs)
    const { size, data } = pack(bytes)
    const [fromMs, toMs] = extent(samples.atMs)
    insertChunk.run(step, endpoint, metric, isKey ? 1 : 0, fromMs, toMs, size, data)
    return samples.series.length
  }

  return {
    write(step, atMs, answers) {
      let written = 0
      for (const { fromMs, answer } of answers) {
        const endpoint = endpointNumber(answer.endpoint)
        insertAnswer.run(
          step,
          endpoint,
          JSON.stringify(answer.clusters),
          answer.ageSeconds,
          Math.round(fromMs),
          atMs,
          answer.ok ? null : redactText(answer.reason),
          answer.ok || answer.remedy === null ? null : redactText(answer.remedy),
        )
        if (!answer.ok) continue
        const { samples } = answer.answer
        for (const [metric, rows] of readRows(samples))
          written += writeMetric(step, atMs, endpoint, metric, rows, samples)
      }
      return written
    },
  }
}

function appended(neighbours: Int32Array, distances: Int32Array): Int32Array {
  const all = new Int32Array(neighbours.length + distances.length)
  all.set(neighbours)
  distances.forEach((distance, index) => {
    const number = neighbours.length + index
    all[number] = distance > 0 ? number - distance : -1
  })
  return all
}

/** Number of each series of an answer, by its place in it; labels of those seen for the first time. */
function numberSeries(history: MetricHistory, rows: MetricRows, table: Table) {
  const unknown: { readonly key: string; readonly labels: SeriesLabels }[] = []
  rows.keys.forEach((key, place) => {
    if (!history.numbers.has(key))
      unknown.push({ key, labels: labelsAt(table, rows.firstRow[place] ?? 0) })
  })
  const added = inOrder(unknown)
  for (const { key } of added) history.numbers.set(key, history.numbers.size)
  const count = history.numbers.size
  const { last, rise } = history.state
  history.state = { last: grown(last, count, 0), rise: grown(rise, count, NaN) }
  history.lastAtMs = grown(history.lastAtMs, count, -Infinity)
  const numbers = Uint32Array.from(rows.keys, (key) => history.numbers.get(key) ?? 0)
  return { numbers, added: added.map(({ labels }) => labels) }
}

function grown(values: Float64Array, count: number, fill: number): Float64Array {
  if (count <= values.length) return values
  const larger = new Float64Array(Math.max(count, values.length * 2)).fill(fill)
  larger.set(values)
  return larger
}

/** Rows later than what was written of their series, those of one series adjacent and ascending in time. */
function newSamples(history: MetricHistory, rows: MetricRows, numbers: Uint32Array): Samples {
  const { lastAtMs } = history
  const series = new Uint32Array(rows.places.length)
  const atMs = new Float64Array(rows.places.length)
  const values = new Float64Array(rows.places.length)
  let count = 0
  for (const row of inOrderOfTime(rows)) {
    const number = numbers[rows.places[row] ?? 0] ?? 0
    const at = rows.atMs[row] ?? 0
    if (at <= (lastAtMs[number] ?? 0)) continue
    lastAtMs[number] = at
    series[count] = number
    atMs[count] = at
    values[count] = rows.values[row] ?? 0
    count++
  }
  return {
    series: series.subarray(0, count),
    atMs: atMs.subarray(0, count),
    values: values.subarray(0, count),
  }
}

function extent(values: Float64Array): [number, number] {
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return [least, most]
}
