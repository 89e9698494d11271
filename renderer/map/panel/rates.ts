import type { GraphEdge } from '../../api/index.ts'

/** Traffic of several edges together. */
export interface Total {
  readonly requestRate: number | null
  readonly errorRatio: number | null
  readonly bytesSent: number | null
  readonly bytesReceived: number | null
}

/** Adds up edges; what none of them knows is null. */
export function totalOf(edges: readonly GraphEdge[]): Total {
  const requestRate = sum(edges.map((edge) => edge.requestRate))
  const failed = sum(
    edges.map(({ requestRate: rate, errorRatio }) =>
      rate === null || errorRatio === null ? null : rate * errorRatio,
    ),
  )
  return {
    requestRate,
    errorRatio:
      requestRate === null || requestRate === 0 || failed === null ? null : failed / requestRate,
    bytesSent: sum(edges.map((edge) => edge.bytesPerSecond.sent)),
    bytesReceived: sum(edges.map((edge) => edge.bytesPerSecond.received)),
  }
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}
