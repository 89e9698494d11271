import type { DatabaseSync } from 'node:sqlite'
import type { EndpointAnswer } from '../fleet/index.ts'
import type { LabelColumn, SamplesQuestion, Table } from '../prom/index.ts'
import { encodeChunk, forget, freshState, type ChunkState, type Samples } from './chunk.ts'
import { pack } from './compress.ts'
import { isRecordedLabel, isRecordedMetric } from './redact.ts'
import { redactText } from './redact-text.ts'
import { register } from './register.ts'
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
  ) {
    const history = metricOf(endpoint, metric)
    const { numbers, added } = numberSeries(history, rows)
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
        for (const [metric, rows] of rowsByMetric(answer.answer.samples))
          written += writeMetric(step, atMs, endpoint, metric, rows)
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
function numberSeries(history: MetricHistory, rows: MetricRows) {
  const unknown = inOrder(rows.series.filter(({ key }) => !history.numbers.has(key)))
  for (const { key } of unknown) history.numbers.set(key, history.numbers.size)
  const count = history.numbers.size
  const { last, rise } = history.state
  history.state = { last: grown(last, count, 0), rise: grown(rise, count, NaN) }
  history.lastAtMs = grown(history.lastAtMs, count, -Infinity)
  const numbers = Uint32Array.from(rows.series, ({ key }) => history.numbers.get(key) ?? 0)
  return { numbers, added: unknown.map(({ labels }) => labels) }
}

function grown(values: Float64Array, count: number, fill: number): Float64Array {
  if (count <= values.length) return values
  const larger = new Float64Array(Math.max(count, values.length * 2)).fill(fill)
  larger.set(values)
  return larger
}

/** Rows later than what was written of their series, those of one series adjacent and ascending in time. */
function newSamples(history: MetricHistory, rows: MetricRows, numbers: Uint32Array): Samples {
  const perSeries = new Map<number, number[]>()
  rows.places.forEach((place, row) => {
    const series = numbers[place] ?? 0
    const own = perSeries.get(series)
    if (own === undefined) perSeries.set(series, [row])
    else own.push(row)
  })
  const series: number[] = []
  const atMs: number[] = []
  const values: number[] = []
  for (const [number, own] of perSeries) {
    own.sort((left, right) => (rows.atMs[left] ?? 0) - (rows.atMs[right] ?? 0))
    for (const row of own) {
      const at = rows.atMs[row] ?? 0
      if (at <= (history.lastAtMs[number] ?? 0)) continue
      history.lastAtMs[number] = at
      series.push(number)
      atMs.push(at)
      values.push(rows.values[row] ?? 0)
    }
  }
  return {
    series: Uint32Array.from(series),
    atMs: Float64Array.from(atMs),
    values: Float64Array.from(values),
  }
}

/** The rows of one metric of an answer. `places[i]` is the place in `series` of the series that row `i` samples. */
interface MetricRows {
  /** Each series once; `key` tells it apart from all others of this metric, in every answer. */
  readonly series: { readonly key: string; readonly labels: SeriesLabels }[]
  readonly places: number[]
  readonly atMs: number[]
  readonly values: number[]
}

function rowsByMetric(table: Table): Map<string, MetricRows> {
  const metrics = new Map<string, MetricRows>()
  const names = table.labels['__name__']
  const { atMs, value } = table.values
  if (names === undefined || atMs === undefined || value === undefined) return metrics
  const columns = Object.entries(table.labels).filter(([name]) => isRecordedLabel(name))
  const opaque = table.labels['series']
  const told = [names, ...columns.map(([, column]) => column), ...(opaque ? [opaque] : [])]
  const isSeriesOfLastRow = (row: number) =>
    row > 0 && told.every(({ codes }) => codes[row] === codes[row - 1])
  const places = new Map<string, number>()
  let rows: MetricRows | undefined
  let place = 0
  for (let row = 0; row < table.rowCount; row++) {
    // Rows of one series mostly follow each other: then nothing need be looked up.
    if (!isSeriesOfLastRow(row)) {
      const metric = textAt(names, row)
      rows = isRecordedMetric(metric) ? rowsOf(metrics, metric) : undefined
      if (rows !== undefined) {
        const code = told.map(({ codes }) => codes[row]).join()
        place = places.get(code) ?? addSeries(rows, columns, opaque, row)
        places.set(code, place)
      }
    }
    if (rows === undefined) continue
    rows.places.push(place)
    rows.atMs.push(Math.round(atMs[row] ?? 0))
    rows.values.push(value[row] ?? 0)
  }
  return metrics
}

function rowsOf(metrics: Map<string, MetricRows>, metric: string): MetricRows {
  const rows = metrics.get(metric) ?? { series: [], places: [], atMs: [], values: [] }
  metrics.set(metric, rows)
  return rows
}

/** Takes the labels of a row as those of a new series; returns its place. */
function addSeries(
  rows: MetricRows,
  columns: readonly (readonly [string, LabelColumn])[],
  opaque: LabelColumn | undefined,
  row: number,
): number {
  const labels: Record<string, string> = {}
  for (const [name, column] of columns) {
    const text = textAt(column, row)
    if (text !== '') labels[name] = text
  }
  const key = JSON.stringify([opaque === undefined ? '' : textAt(opaque, row), labels])
  return rows.series.push({ key, labels }) - 1
}

function textAt(column: LabelColumn, row: number): string {
  return column.dictionary[column.codes[row] ?? 0] ?? ''
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
