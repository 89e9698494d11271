import { concatTables, groupRows, labelAt, pickRows, type Groups } from './columns.ts'
import type { SeriesTable } from './decode.ts'
import type { LabelColumn, Table } from './table.ts'

/**
 * Recorded samples, by metric name, made ready for evaluation: each series'
 * samples in one piece, in the order of time. A recording may build it from
 * its own storage, or have `storeSamples` build it.
 */
export type SampleStore = Pick<ReadonlyMap<string, SeriesTable>, 'get' | 'keys'>

/**
 * Sorts samples (tables as a `samples` answer has them) into a store. Of two
 * samples of one series at one time the later row counts.
 */
export function storeSamples(tables: Iterable<Table>): SampleStore {
  const table = concatTables([...tables])
  const names = Object.keys(table.labels)
  const groups = groupRows(table, names)
  const order = rowsByGroup(groups, table.values['atMs'] ?? new Float64Array(0))
  const groupsOf = new Map<string, number[]>()
  for (let group = 0; group < groups.count; group++) {
    const metric = labelAt(table, '__name__', groups.firstRow[group] ?? 0)
    const list = groupsOf.get(metric)
    if (list === undefined) groupsOf.set(metric, [group])
    else list.push(group)
  }
  const labels = names.filter((name) => name !== '__name__')
  const store = new Map<string, SeriesTable>()
  for (const [metric, list] of groupsOf) {
    const atMs: number[] = []
    const values: number[] = []
    const offsets = [0]
    for (const group of list) {
      const start = atMs.length
      for (const row of order.of(group)) {
        const time = table.values['atMs']?.[row] ?? NaN
        if (atMs.length > start && atMs.at(-1) === time) values.pop()
        else atMs.push(time)
        values.push(table.values['value']?.[row] ?? NaN)
      }
      offsets.push(atMs.length)
    }
    const firstRows = Uint32Array.from(list, (group) => groups.firstRow[group] ?? 0)
    store.set(metric, {
      seriesCount: list.length,
      labels: pickRows(table, firstRows, labels),
      offsets: Uint32Array.from(offsets),
      atMs: Float64Array.from(atMs),
      values: Float64Array.from(values),
    })
  }
  return store
}

/** The rows of each group, in the order of time; rows of one time stay in theirs. */
function rowsByGroup(groups: Groups, atMs: Float64Array) {
  const starts = new Uint32Array(groups.count + 1)
  for (const group of groups.groupOf) starts[group + 1] = (starts[group + 1] ?? 0) + 1
  for (let at = 0; at < groups.count; at++)
    starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0)
  const next = starts.slice()
  const rows = new Uint32Array(groups.groupOf.length)
  for (let row = 0; row < rows.length; row++) {
    const group = groups.groupOf[row] ?? 0
    const at = next[group] ?? 0
    rows[at] = row
    next[group] = at + 1
  }
  return {
    of(group: number): Uint32Array {
      const own = rows.subarray(starts[group], starts[group + 1])
      return own.sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0) || a - b)
    },
  }
}

/** The samples in a store as rows again: what a `samples` answer holds of (fromMs, toMs]. */
export function sampleRows(store: SampleStore, fromMs: number, toMs: number): Table {
  const tables: Table[] = []
  for (const metric of store.keys()) {
    const series = store.get(metric)
    if (series !== undefined) tables.push(metricRows(metric, series, fromMs, toMs))
  }
  return concatTables(tables)
}

/** One metric's samples in (fromMs, toMs] as rows, `__name__` among their labels. */
export function metricRows(
  metric: string,
  series: SeriesTable,
  fromMs: number,
  toMs: number,
): Table {
  const seriesOfRow: number[] = []
  const atMs: number[] = []
  const values: number[] = []
  for (let one = 0; one < series.seriesCount; one++) {
    const end = series.offsets[one + 1] ?? 0
    for (let at = series.offsets[one] ?? 0; at < end; at++) {
      const time = series.atMs[at] ?? NaN
      if (!(time > fromMs && time <= toMs)) continue
      seriesOfRow.push(one)
      atMs.push(time)
      values.push(series.values[at] ?? NaN)
    }
  }
  const name: LabelColumn = {
    dictionary: ['', metric],
    codes: new Uint32Array(atMs.length).fill(1),
  }
  return {
    rowCount: atMs.length,
    labels: { ...pickRows(series, Uint32Array.from(seriesOfRow)), __name__: name },
    values: { atMs: Float64Array.from(atMs), value: Float64Array.from(values) },
  }
}
