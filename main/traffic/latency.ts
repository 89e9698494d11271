import { EdgeFinder, type EdgeSums, type Percentiles } from './edges.ts'
import type { Flows } from './accounts.ts'
import type { Nodes } from './nodes.ts'
import { unknown } from './rows.ts'

/** The value columns percentiles are made from. */
export const latencyValues = ['p50', 'p90', 'p95', 'p99', 'requestRate'] as const

/**
 * Percentiles of edges from counted rows (values: p50, p90, p95, p99 and the
 * request rate they rest on). Where several rows make one edge (an app of
 * several workloads), it is their mean by requests: an estimate.
 */
export function latencyOf(sums: EdgeSums, flows: Flows, nodes: Nodes): Percentiles {
  const { rows, pairOf } = flows
  const edges = new EdgeFinder(sums, flows, nodes, 'attach')
  const weighted = new Map<number, Float64Array>()
  const [p50, p90, p95, p99, rates] = rows.values
  const columns = [p50, p90, p95, p99]
  for (let row = 0; row < rows.count; row++) {
    const pair = pairOf[row] ?? unknown
    const edge = pair === unknown ? unknown : edges.of(pair)
    if (edge === unknown) continue
    // Answers recorded without rates still count, each row as one.
    const rate = rates?.[row] ?? 0
    const weight = rate > 0 ? rate : 1
    const sum = weighted.get(edge) ?? new Float64Array(columns.length * 2)
    weighted.set(edge, sum)
    columns.forEach((column, at) => {
      const value = column?.[row] ?? NaN
      if (!Number.isFinite(value)) return
      sum[at * 2] = (sum[at * 2] ?? 0) + value * weight
      sum[at * 2 + 1] = (sum[at * 2 + 1] ?? 0) + weight
    })
  }
  const mean = (sum: Float64Array, at: number) => {
    const weight = sum[at * 2 + 1] ?? 0
    return weight > 0 ? (sum[at * 2] ?? 0) / weight : null
  }
  const result = new Map<
    number,
    { p50: number | null; p90: number | null; p95: number | null; p99: number | null }
  >()
  for (const [edge, sum] of weighted) {
    result.set(edge, { p50: mean(sum, 0), p90: mean(sum, 1), p95: mean(sum, 2), p99: mean(sum, 3) })
  }
  return result
}
