import { stackTables, groupRows, pickRows } from './columns.ts'
import { histogramQuantile } from './quantile.ts'
import type { Table } from './table.ts'

/** The percentiles of an edge, by the name of their value column. */
const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const

/**
 * Percentiles from histogram bucket rates (label `le`, value `rate`): one row
 * for each set of the other labels that has observations, with `requestRate`,
 * the rate of all observations, as the weight of the row.
 */
export function latencyTable(buckets: readonly Table[]): Table {
  const table = stackTables(buckets)
  const names = Object.keys(table.labels).filter((name) => name !== 'le')
  const groups = groupRows(table, names)
  const histograms = gatherHistograms(table, groups.groupOf, groups.count)
  const kept = new Uint32Array(groups.count)
  let rowCount = 0
  const columns = Object.entries(percentiles).map(
    ([name, quantile]) => [name, quantile, new Float64Array(groups.count)] as const,
  )
  const requestRate = new Float64Array(groups.count)
  for (let group = 0; group < groups.count; group++) {
    const { bounds, counts } = histograms.of(group)
    const rate = bounds.at(-1) === Infinity ? (counts.at(-1) ?? 0) : 0
    if (!(rate > 0)) continue
    for (const [, quantile, column] of columns) {
      column[rowCount] = histogramQuantile(quantile, bounds, counts)
    }
    requestRate[rowCount] = rate
    kept[rowCount++] = groups.firstRow[group] ?? 0
  }
  const values: Record<string, Float64Array> = { requestRate: requestRate.subarray(0, rowCount) }
  for (const [name, , column] of columns) values[name] = column.subarray(0, rowCount)
  return { rowCount, labels: pickRows(table, kept.subarray(0, rowCount), names), values }
}

/** A bucket's bound from its label; NaN where there is none. */
export function upperBound(le: string): number {
  if (le === '+Inf' || le === 'Inf') return Infinity
  return le === '' ? NaN : Number(le)
}

/** Buckets of many histograms as one matrix: a row per group, a column per bound. */
function gatherHistograms(table: Table, groupOf: Uint32Array, groupCount: number) {
  const le = table.labels['le']
  const boundOf = (le?.dictionary ?? []).map(upperBound)
  const bounds = [...new Set(boundOf)].filter((bound) => !Number.isNaN(bound))
  bounds.sort((a, b) => (a < b ? -1 : 1))
  const columnOf = boundOf.map((bound) => bounds.indexOf(bound))
  const width = bounds.length
  const matrix = new Float64Array(groupCount * width).fill(NaN)
  const rates = table.values['rate']
  for (let row = 0; row < table.rowCount; row++) {
    const column = columnOf[le?.codes[row] ?? 0] ?? -1
    if (column < 0) continue
    const cell = (groupOf[row] ?? 0) * width + column
    // Two spellings of one bound (`5`, `5.0`) are one bucket.
    const before = matrix[cell] ?? NaN
    matrix[cell] = (Number.isNaN(before) ? 0 : before) + (rates?.[row] ?? 0)
  }
  return {
    of(group: number): { readonly bounds: readonly number[]; readonly counts: readonly number[] } {
      const counts = matrix.subarray(group * width, (group + 1) * width)
      const there = bounds.map((_, at) => at).filter((at) => !Number.isNaN(counts[at] ?? NaN))
      return {
        bounds: there.map((at) => bounds[at] ?? NaN),
        counts: there.map((at) => counts[at] ?? NaN),
      }
    },
  }
}
