import type { LabelColumn } from '../prom/index.ts'
import { byteReader, byteWriter } from './bytes.ts'
import { damaged } from './rows.ts'
import { LIMITS } from './schema.ts'

/** Labels of one series by name; a label that is absent or empty is left out. */
export type SeriesLabels = Readonly<Record<string, string>>

/**
 * The series of one metric of one endpoint, in the order of their numbers.
 * `neighbours[i]` is the number of the series whose increase predicts that of
 * series `i` (the next smaller bucket of the same histogram), or -1.
 */
export interface SeriesDictionary {
  readonly count: number
  readonly labels: Readonly<Record<string, LabelColumn>>
  readonly neighbours: Int32Array
}

/** A dictionary without series. */
export const emptyDictionary: SeriesDictionary = {
  count: 0,
  labels: {},
  neighbours: new Int32Array(0),
}

/**
 * New series in the order in which they are numbered: by their labels, the
 * buckets of one histogram together and upwards, so that neighbours are close.
 */
export function inOrder<T extends { readonly labels: SeriesLabels }>(series: readonly T[]): T[] {
  return series
    .map((one) => ({ one, key: withoutBound(one.labels), bound: upperBound(one.labels) }))
    .toSorted((left, right) =>
      left.key === right.key ? left.bound - right.bound : left.key < right.key ? -1 : 1,
    )
    .map(({ one }) => one)
}

/** What series of one histogram have in common: every label but the bucket's bound. */
function withoutBound(labels: SeriesLabels): string {
  return Object.keys(labels)
    .filter((name) => name !== 'le')
    .toSorted()
    .map((name) => `${name}\u0000${labels[name] ?? ''}`)
    .join('\u0001')
}

function upperBound(labels: SeriesLabels): number {
  const bound = labels['le']
  if (bound === undefined) return 0
  return bound === '+Inf' ? Number.MAX_VALUE : Number(bound) || 0
}

/**
 * One batch of new series as bytes, and each series' distance to its neighbour. The bytes hold label names, then for each its distinct
 * values and one code per series, then each series' distance to its neighbour
 * (0 for none), which is always in the same batch.
 */
export function encodeSeries(series: readonly SeriesLabels[]): {
  readonly bytes: Uint8Array
  readonly neighbours: Int32Array
} {
  const names = [...new Set(series.flatMap((labels) => Object.keys(labels)))].toSorted()
  const writer = byteWriter()
  writer.unsigned(series.length)
  writer.unsigned(names.length)
  for (const name of names) {
    const codes = new Map<string, number>()
    const column = series.map((labels) => {
      const value = labels[name] ?? ''
      const code = codes.get(value) ?? codes.size
      codes.set(value, code)
      return code
    })
    writer.text(name)
    writer.unsigned(codes.size)
    for (const value of codes.keys()) writer.text(value)
    for (const code of column) writer.unsigned(code)
  }
  const neighbours = distances(series)
  for (const distance of neighbours) writer.unsigned(distance)
  return { bytes: writer.finish(), neighbours }
}

/** Distance of each series to its neighbour: the bucket before it, where both are of one histogram. */
function distances(series: readonly SeriesLabels[]): Int32Array {
  let last: string | null = null
  return Int32Array.from(series, (labels) => {
    const histogram = labels['le'] === undefined ? null : withoutBound(labels)
    const distance = histogram !== null && histogram === last ? 1 : 0
    last = histogram
    return distance
  })
}

/** Adds a batch of {@link encodeSeries} to the series known before it. */
export function decodeSeries(bytes: Uint8Array, known: SeriesDictionary): SeriesDictionary {
  const reader = byteReader(bytes)
  const added = reader.count()
  const count = known.count + added
  if (count > LIMITS.seriesPerMetric) throw damaged('it holds too many series')
  const labels: Record<string, LabelColumn> = Object.create(null)
  for (const [name, column] of Object.entries(known.labels)) labels[name] = grow(column, count)
  const names = reader.count()
  for (let number = 0; number < names; number++) {
    const name = reader.text()
    if (!(name in labels) && Object.keys(labels).length >= LIMITS.labels)
      throw damaged('its series have too many labels')
    const column = labels[name] ?? { dictionary: [''], codes: new Uint32Array(count) }
    const dictionary = [...column.dictionary]
    const codeOf = new Map(dictionary.map((value, code) => [value, code]))
    const distinct = reader.count()
    const codes = Array.from({ length: distinct }, () => {
      const value = reader.text()
      const code = codeOf.get(value) ?? dictionary.push(value) - 1
      codeOf.set(value, code)
      return code
    })
    for (let index = known.count; index < count; index++) {
      const code = codes[reader.unsigned()]
      if (code === undefined) throw damaged('a series names a label value that is not there')
      column.codes[index] = code
    }
    labels[name] = { dictionary, codes: column.codes }
  }
  const neighbours = new Int32Array(count).fill(-1)
  neighbours.set(known.neighbours)
  for (let index = known.count; index < count; index++) {
    const distance = reader.unsigned()
    if (distance > index - known.count)
      throw damaged('a series names a neighbour that is not there')
    if (distance > 0) neighbours[index] = index - distance
  }
  reader.end()
  return { count, labels, neighbours }
}

function grow(column: LabelColumn, count: number): LabelColumn {
  const codes = new Uint32Array(count)
  codes.set(column.codes)
  return { dictionary: column.dictionary, codes }
}
