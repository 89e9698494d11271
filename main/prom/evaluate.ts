import { concatTables, emptyTable, groupRows, pickRows } from './columns.ts'
import type { SeriesTable } from './decode.ts'
import { planInstant } from './plan.ts'
import type { Matcher, RateQuery, Selector } from './query.ts'
import type { AnswerTo, Question, SamplesAnswer } from './question.ts'
import { counterRate } from './rate.ts'
import { sampleRows, type SampleStore } from './samples.ts'
import { assembleSeries, planSeries, timeAxis } from './series.ts'
import type { Table } from './table.ts'

/**
 * Answers a question from recorded samples as a Prometheus that holds the same
 * samples would. The store must reach back a window before the first time
 * asked for.
 */
export function answerFromSamples<Q extends Question>(
  question: Q,
  store: SampleStore,
): AnswerTo<Q> {
  // The type of an answer follows from the question's name, which TypeScript cannot see here.
  return answer(question, store) as AnswerTo<Q>
}

function answer(question: Question, store: SampleStore): AnswerTo<Question> {
  if (question.name === 'samples') {
    const samples: SamplesAnswer = {
      name: 'samples',
      samples: sampleRows(store, question.fromMs, question.toMs),
    }
    return samples
  }
  if (question.name === 'series') {
    const axis = timeAxis(question)
    const tables = planSeries(question).map((query) =>
      evaluateRange(query, store, axis, question.windowSeconds),
    )
    return assembleSeries(question, tables)
  }
  const plan = planInstant(question)
  return plan.assemble(
    plan.queries.map((query) => evaluate(query, store, question.atMs, question.windowSeconds)),
  )
}

/** Evaluates one query at one time: a table with value `rate`. */
function evaluate(
  query: RateQuery,
  store: SampleStore,
  atMs: number,
  windowSeconds: number,
): Table {
  const rates = ratesOf(query.select, store, atMs, windowSeconds, query.zeros)
  if (query.unless === undefined) return sumBy(rates, query.by)
  const { select, on } = query.unless
  const told = ratesOf(select, store, atMs, windowSeconds, false)
  return sumBy(withoutMatches(rates, told, on), query.by)
}

/** Evaluates one query at every time of an axis: each group with its course. */
function evaluateRange(
  query: RateQuery,
  store: SampleStore,
  axis: Float64Array,
  windowSeconds: number,
): SeriesTable {
  // Rows of all times under each other; equal labels make one series, in the order of time.
  const steps = [...axis].map((at) => evaluate(query, store, at, windowSeconds))
  const stacked = concatTables(steps)
  const groups = groupRows(stacked, Object.keys(stacked.labels))
  const atMs: number[][] = Array.from({ length: groups.count }, () => [])
  const values: number[][] = Array.from({ length: groups.count }, () => [])
  let row = 0
  steps.forEach((step, index) => {
    for (const rate of step.values['rate'] ?? []) {
      const group = groups.groupOf[row++] ?? 0
      atMs[group]?.push(axis[index] ?? NaN)
      values[group]?.push(rate)
    }
  })
  let end = 0
  const offsets = atMs.map((times) => (end += times.length))
  return {
    seriesCount: groups.count,
    labels: pickRows(stacked, groups.firstRow),
    offsets: Uint32Array.from([0, ...offsets]),
    atMs: Float64Array.from(atMs.flat()),
    values: Float64Array.from(values.flat()),
  }
}

/** `rate(…)` of every series that has one; without `zeros` only of those with traffic. */
function ratesOf(
  select: Selector,
  store: SampleStore,
  atMs: number,
  windowSeconds: number,
  zeros: boolean,
): Table {
  const series = store.get(select.metric)
  if (series === undefined) return emptyTable('rate')
  const matches = matcherOf(series, select.where)
  const rows = new Uint32Array(series.seriesCount)
  const rates = new Float64Array(series.seriesCount)
  let rowCount = 0
  for (let one = 0; one < series.seriesCount; one++) {
    if (!matches(one)) continue
    const from = series.offsets[one] ?? 0
    const to = series.offsets[one + 1] ?? 0
    const rate = counterRate(series.atMs, series.values, from, to, atMs, windowSeconds)
    if (Number.isNaN(rate) || (rate === 0 && !zeros)) continue
    rows[rowCount] = one
    rates[rowCount++] = rate
  }
  return {
    rowCount,
    labels: pickRows(series, rows.subarray(0, rowCount)),
    values: { rate: rates.subarray(0, rowCount) },
  }
}

/** `sum by (…)`. */
function sumBy(table: Table, by: readonly string[]): Table {
  const groups = groupRows(table, by)
  const rates = table.values['rate']
  const rate = new Float64Array(groups.count)
  for (let row = 0; row < table.rowCount; row++) {
    const group = groups.groupOf[row] ?? 0
    rate[group] = (rate[group] ?? 0) + (rates?.[row] ?? 0)
  }
  return {
    rowCount: groups.count,
    labels: pickRows(table, groups.firstRow, by),
    values: { rate },
  }
}

function matcherOf(series: SeriesTable, where: readonly Matcher[]): (one: number) => boolean {
  const tests = where.map(({ label, is, values }) => {
    const column = series.labels[label]
    const accepted = (column?.dictionary ?? ['']).map(
      (value) => values.includes(value) === (is === 'in'),
    )
    return (one: number) => accepted[column?.codes[one] ?? 0] === true
  })
  return (one) => tests.every((test) => test(one))
}

function withoutMatches(table: Table, other: Table, on: readonly string[]): Table {
  const both = concatTables([withLabels(table, on), withLabels(other, on)])
  const groups = groupRows(both, on)
  const matched = new Set(groups.groupOf.subarray(table.rowCount))
  const rows = new Uint32Array(table.rowCount)
    .map((_, row) => row)
    .filter((row) => !matched.has(groups.groupOf[row] ?? 0))
  const rates = table.values['rate']
  return {
    rowCount: rows.length,
    labels: pickRows(table, rows),
    values: { rate: Float64Array.from(rows, (row) => rates?.[row] ?? NaN) },
  }
}

function withLabels(table: Table, names: readonly string[]): Table {
  const all = new Uint32Array(table.rowCount).map((_, row) => row)
  return { ...table, labels: pickRows(table, all, names) }
}
