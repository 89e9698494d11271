import { keptLabels, type LabelColumn, type Table } from '../prom/index.ts'
import { isRecordedMetric } from './redact.ts'
import type { SeriesLabels } from './series.ts'

/** The rows of one metric of an answer: its series, and which of them each row samples. */
export interface MetricRows {
  /** Of each series, what tells it apart from all others of this metric, in every answer. */
  readonly keys: string[]
  /** Of each series, a row that samples it. */
  readonly firstRow: number[]
  /** Of each row, the place of its series in `keys`. */
  readonly places: number[]
  readonly atMs: number[]
  readonly values: number[]
}

/** Reads `samples` answers, metric by metric; only what is recorded. */
export type RowReader = (table: Table) => ReadonlyMap<string, MetricRows>

/** The labels that tell series apart: those that are recorded, and the key for all that are not. */
const tellingLabels = ['series', ...keptLabels]

/** A reader whose keys are the same for the same series in every answer it reads. */
export function rowReader(): RowReader {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }

  return (table) => {
    const metrics = new Map<string, MetricRows>()
    const names = table.labels['__name__']
    const { atMs, value } = table.values
    if (names === undefined || atMs === undefined || value === undefined) return metrics
    const columns = tellingLabels.flatMap((label, place) => {
      const column = table.labels[label]
      return column === undefined ? [] : [{ place, column, texts: column.dictionary.map(numberOf) }]
    })
    const isSeriesOfLastRow = (row: number) =>
      row > 0 &&
      names.codes[row] === names.codes[row - 1] &&
      columns.every(({ column: { codes } }) => codes[row] === codes[row - 1])
    /** Labels as numbers; one that is absent is left out, so answers may lack columns. */
    const keyOf = (row: number) => {
      let key = ''
      for (const { place, column, texts } of columns) {
        const code = column.codes[row] ?? 0
        if (code !== 0) key += `${place}:${texts[code] ?? 0} `
      }
      return key
    }
    const placesByMetric = new Map<string, Map<string, number>>()
    let rows: MetricRows | undefined
    let place = 0
    for (let row = 0; row < table.rowCount; row++) {
      // Rows of one series mostly follow each other: then nothing need be looked up.
      if (!isSeriesOfLastRow(row)) {
        const metric = textAt(names, row)
        rows = isRecordedMetric(metric) ? entryOf(metrics, metric, noRows) : undefined
        if (rows !== undefined) {
          const key = keyOf(row)
          const places = entryOf(placesByMetric, metric, () => new Map<string, number>())
          const known = places.get(key)
          place = known ?? rows.keys.push(key) - 1
          if (known === undefined) {
            places.set(key, place)
            rows.firstRow.push(row)
          }
        }
      }
      if (rows === undefined) continue
      rows.places.push(place)
      rows.atMs.push(Math.round(atMs[row] ?? 0))
      rows.values.push(value[row] ?? 0)
    }
    return metrics
  }
}

/** The recorded labels of a row. */
export function labelsAt(table: Table, row: number): SeriesLabels {
  const labels: Record<string, string> = {}
  for (const name of keptLabels) {
    const column = table.labels[name]
    const text = column === undefined ? '' : textAt(column, row)
    if (text !== '') labels[name] = text
  }
  return labels
}

/** Indexes of rows so that those of one series are adjacent and ascend in time. */
export function inOrderOfTime({ places, atMs }: MetricRows): Uint32Array {
  const order = Uint32Array.from(places, (_, row) => row)
  const compare = (left: number, right: number) =>
    (places[left] ?? 0) - (places[right] ?? 0) || (atMs[left] ?? 0) - (atMs[right] ?? 0)
  const isOrdered = order.every((row) => row === 0 || compare(row - 1, row) <= 0)
  return isOrdered ? order : order.sort(compare)
}

function noRows(): MetricRows {
  return { keys: [], firstRow: [], places: [], atMs: [], values: [] }
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

function textAt(column: LabelColumn, row: number): string {
  return column.dictionary[column.codes[row] ?? 0] ?? ''
}
