import { labelAt } from './columns.ts'
import type { SeriesTable } from './decode.ts'
import { upperBound } from './latency.ts'
import { metrics } from './metrics.ts'
import { histogramQuantile } from './quantile.ts'
import type { Matcher, RateQuery } from './query.ts'
import type { SeriesAnswer, SeriesQuestion } from './question.ts'

/** The times a course is asked for: from `fromMs` in whole steps up to `toMs`. */
export function timeAxis(question: SeriesQuestion): Float64Array {
  const stepMs = question.stepSeconds * 1000
  const count = Math.max(0, Math.floor((question.toMs - question.fromMs) / stepMs) + 1)
  return new Float64Array(count).map((_, at) => question.fromMs + at * stepMs)
}

/**
 * The queries of a course: requests by how they ended, durations by bucket,
 * and bytes there and back, of HTTP bodies and of TCP.
 *
 * One reporter must be chosen, as both sides (and a waypoint) tell of the same
 * traffic. Every query says which reporter its rows are of; `assembleSeries`
 * takes the best there is.
 */
export function planSeries(question: SeriesQuestion): readonly RateQuery[] {
  const where = matchersOf(question.of)
  const query = (metric: string, by: readonly string[]): RateQuery => ({
    select: { metric, where },
    by: ['reporter', ...by],
    zeros: true,
  })
  return [
    query(metrics.requests, ['response_code', 'grpc_response_status']),
    query(metrics.durationBuckets, ['le']),
    query(metrics.requestBytes, []),
    query(metrics.responseBytes, []),
    query(metrics.tcpSentBytes, []),
    query(metrics.tcpReceivedBytes, []),
  ]
}

function matchersOf(of: SeriesQuestion['of']): readonly Matcher[] {
  const is = (label: string, value: string): Matcher => ({ label, is: 'in', values: [value] })
  if (of.kind === 'service') {
    // A service sends nothing by itself: only its inbound side has series.
    return of.direction === 'outbound'
      ? [is('reporter', 'none')]
      : [is('destination_service_namespace', of.namespace), is('destination_service_name', of.name)]
  }
  const [namespace, name] =
    of.direction === 'inbound'
      ? (['destination_workload_namespace', 'destination_workload'] as const)
      : (['source_workload_namespace', 'source_workload'] as const)
  return [is(namespace, of.namespace), is(name, of.name)]
}

/**
 * Which reporter is believed, at each time: the first that has anything to
 * say. What comes in is best known by who answers it; what goes out by who
 * sends it, as destinations elsewhere report to another Prometheus.
 */
const trust = {
  inbound: ['destination', 'waypoint', 'source'],
  outbound: ['source', 'waypoint', 'destination'],
} as const

type Trust = (typeof trust)[keyof typeof trust]

/** Makes the courses from the answers to `planSeries`, in its order. */
export function assembleSeries(
  question: SeriesQuestion,
  [requests, buckets, ...bytes]: readonly SeriesTable[],
): SeriesAnswer {
  const axis = timeAxis(question)
  const byTrust = trust[question.of.direction]
  const [requestBody, responseBody, tcpSent, tcpReceived] = bytes.map((table) =>
    course(axis, byTrust, table),
  )
  const total = course(axis, byTrust, requests)
  return {
    name: 'series',
    atMs: axis,
    series: {
      requestRate: total,
      errorRate: errorCourse(axis, byTrust, requests, total),
      p50: quantileCourse(axis, byTrust, buckets, 0.5),
      p95: quantileCourse(axis, byTrust, buckets, 0.95),
      p99: quantileCourse(axis, byTrust, buckets, 0.99),
      sentRate: added(requestBody, tcpSent),
      receivedRate: added(responseBody, tcpReceived),
    },
  }
}

/** The sum of the best reporter's series that count, at each time. */
function course(
  axis: Float64Array,
  byTrust: Trust,
  table: SeriesTable | undefined,
  counts: (row: number) => boolean = () => true,
): Float64Array {
  const result = new Float64Array(axis.length).fill(NaN)
  if (table === undefined) return result
  const best = bestReporter(axis, byTrust, table)
  forEachPoint(axis, byTrust, table, (row, index, value, reporter) => {
    if (reporter !== best[index] || !counts(row)) return
    const before = result[index] ?? NaN
    result[index] = (Number.isNaN(before) ? 0 : before) + value
  })
  return result
}

function errorCourse(
  axis: Float64Array,
  byTrust: Trust,
  table: SeriesTable | undefined,
  total: Float64Array,
): Float64Array {
  if (table === undefined) return new Float64Array(axis.length).fill(NaN)
  const errors = course(axis, byTrust, table, (row) =>
    isError(labelOf(table, 'response_code', row), labelOf(table, 'grpc_response_status', row)),
  )
  return errors.map((rate, index) =>
    Number.isNaN(rate) && !Number.isNaN(total[index] ?? NaN) ? 0 : rate,
  )
}

function quantileCourse(
  axis: Float64Array,
  byTrust: Trust,
  table: SeriesTable | undefined,
  quantile: number,
): Float64Array {
  const result = new Float64Array(axis.length).fill(NaN)
  if (table === undefined) return result
  const best = bestReporter(axis, byTrust, table)
  const histograms = Array.from(axis, () => new Map<number, number>())
  forEachPoint(axis, byTrust, table, (row, index, value, reporter) => {
    const bound = upperBound(labelOf(table, 'le', row))
    const histogram = histograms[index]
    if (reporter !== best[index] || Number.isNaN(bound) || histogram === undefined) return
    histogram.set(bound, (histogram.get(bound) ?? 0) + value)
  })
  return result.map((_, index) => {
    const buckets = [...(histograms[index] ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return histogramQuantile(
      quantile,
      buckets.map(([bound]) => bound),
      buckets.map(([, count]) => count),
    )
  })
}

/** For each time the most trusted reporter with traffic (its index in `byTrust`), else with any series. */
function bestReporter(axis: Float64Array, byTrust: Trust, table: SeriesTable): Int8Array {
  const best = new Int8Array(axis.length).fill(byTrust.length * 2)
  forEachPoint(axis, byTrust, table, (_, index, value, reporter) => {
    const rank = value > 0 ? reporter : reporter + byTrust.length
    if (rank < (best[index] ?? 0)) best[index] = rank
  })
  return best.map((rank) => rank % byTrust.length)
}

function forEachPoint(
  axis: Float64Array,
  byTrust: Trust,
  table: SeriesTable,
  visit: (row: number, index: number, value: number, reporter: number) => void,
): void {
  const start = axis[0] ?? 0
  const stepMs = (axis[1] ?? start + 1) - start
  for (let row = 0; row < table.seriesCount; row++) {
    const reporter = byTrust.findIndex((name) => name === labelOf(table, 'reporter', row))
    if (reporter === -1) continue
    const end = table.offsets[row + 1] ?? 0
    for (let at = table.offsets[row] ?? 0; at < end; at++) {
      const index = Math.round(((table.atMs[at] ?? NaN) - start) / stepMs)
      const value = table.values[at] ?? NaN
      if (index >= 0 && index < axis.length && Number.isFinite(value)) {
        visit(row, index, value, reporter)
      }
    }
  }
}

function labelOf(table: SeriesTable, name: string, row: number): string {
  return labelAt({ rowCount: table.seriesCount, labels: table.labels, values: {} }, name, row)
}

/** HTTP 5xx, a gRPC status other than 0, or no response. */
function isError(responseCode: string, grpcStatus: string): boolean {
  if (/^(5..|0)$/.test(responseCode)) return true
  return grpcStatus !== '' && grpcStatus !== '0'
}

function added(a: Float64Array = new Float64Array(0), b: Float64Array = a): Float64Array {
  return a.map((value, at) => {
    const other = b[at] ?? NaN
    if (Number.isNaN(value)) return other
    return Number.isNaN(other) ? value : value + other
  })
}
