import { basisIntegrals, dot } from './clock.ts'
import type { Clock } from './clock.ts'
import { durationBoundsMs, meanMs, shareBelow } from './latency.ts'
import type { Model } from './model.ts'
import type { SeriesGroup } from './series.ts'

/**
 * How many series are told of each flow. `full`: all of Istio's, byte
 * histograms' buckets included. `standard`: durations with all buckets, bytes
 * as sum and count. `coarse`: durations with eight buckets. `rates`: only
 * request and TCP counters, for large fleets.
 */
export type Detail = (typeof details)[number]

export const details = ['full', 'standard', 'coarse', 'rates'] as const

/** One cluster's series, ready to be evaluated at any time. */
export interface ClusterSeries {
  /** Series names with labels, in exposition order. */
  readonly names: readonly string[]
  /** Counter values at a time, in the order of `names`. */
  valuesAt(atMs: number): Float64Array
  /** `# TYPE` lines and where in `names` each metric begins. */
  readonly metrics: readonly {
    readonly metric: string
    readonly type: string
    readonly from: number
  }[]
}

const coarseBoundsMs: readonly number[] = [5, 10, 25, 50, 100, 250, 1000, 10_000]

/** Size bounds of Istio's byte histograms (Envoy's defaults, read as bytes), without +Inf. */
const byteBounds = durationBoundsMs

interface Metric {
  readonly metric: string
  readonly type: 'counter' | 'histogram'
  readonly family: SeriesGroup['family']
  readonly grpcOnly?: boolean
  /** Series of one group: suffix of the metric's name, extra label, and factor on the group's rate by phase. */
  readonly series: (group: SeriesGroup, phaseCount: number) => readonly SeriesPart[]
}

interface SeriesPart {
  readonly suffix: string
  readonly le?: string
  readonly factor: readonly number[]
}

/** What one cluster's Prometheus would scrape, in a form that can be evaluated at any time. */
export function clusterSeries(model: Model, cluster: string, detail: Detail): ClusterSeries {
  const { clock } = model.topology
  const groups = model.groups.get(cluster)
  if (!groups) throw new Error(`no cluster ${cluster} in the model`)
  const names: string[] = []
  const coefficients: Float64Array[] = []
  const metrics: { metric: string; type: string; from: number }[] = []
  const labelTexts = groups.map((group) => labelText(group.labels))
  for (const metric of metricTable(detail)) {
    metrics.push({ metric: metric.metric, type: metric.type, from: names.length })
    for (const [index, group] of groups.entries()) {
      if (group.family !== metric.family || (metric.grpcOnly && !group.grpc)) continue
      for (const { suffix, le, factor } of metric.series(group, clock.phases.length)) {
        const labels = labelTexts[index] + (le === undefined ? '' : `,le="${le}"`)
        names.push(`${metric.metric}${suffix}{${labels}}`)
        coefficients.push(
          group.rate.map((part, basis) => part * (factor[basis % clock.phases.length] ?? 0)),
        )
      }
    }
  }
  return { names, metrics, valuesAt: (atMs) => evaluate(clock, coefficients, atMs) }
}

/**
 * Prometheus' text format at one time. With `times`, samples say when they were
 * taken, so that a scrape that is answered late is still exact.
 */
export function expositionText(
  series: ClusterSeries,
  atMs: number,
  options: { readonly times?: boolean } = {},
): string {
  const time = options.times === true ? ` ${atMs}` : ''
  const values = series.valuesAt(atMs)
  const lines: string[] = []
  for (const [index, { metric, type, from }] of series.metrics.entries()) {
    lines.push(`# TYPE ${metric} ${type}`)
    const to = series.metrics[index + 1]?.from ?? series.names.length
    for (let row = from; row < to; row++) lines.push(`${series.names[row]} ${values[row]}${time}`)
  }
  return `${lines.join('\n')}\n`
}

function evaluate(clock: Clock, coefficients: readonly Float64Array[], atMs: number): Float64Array {
  const basis = basisIntegrals(clock, atMs)
  return Float64Array.from(coefficients, (coefficient) => dot(coefficient, basis))
}

function metricTable(detail: Detail): readonly Metric[] {
  const once =
    (factor: (group: SeriesGroup) => number): Metric['series'] =>
    (group, phaseCount) => [{ suffix: '', factor: constant(factor(group), phaseCount) }]
  const counters: Metric[] = [
    { metric: 'istio_requests_total', type: 'counter', family: 'requests', series: once(() => 1) },
    {
      metric: 'istio_tcp_sent_bytes_total',
      type: 'counter',
      family: 'tcp',
      // Named from the destination's side: what it sent is the response.
      series: once((group) => group.responseBytes),
    },
    {
      metric: 'istio_tcp_received_bytes_total',
      type: 'counter',
      family: 'tcp',
      series: once((group) => group.requestBytes),
    },
    {
      metric: 'istio_tcp_connections_opened_total',
      type: 'counter',
      family: 'tcp',
      series: once(() => 1),
    },
    {
      metric: 'istio_tcp_connections_closed_total',
      type: 'counter',
      family: 'tcp',
      series: once(() => 1),
    },
  ]
  if (detail === 'rates') return counters
  const bytes = (metric: string, size: (group: SeriesGroup) => number): Metric => ({
    metric,
    type: 'histogram',
    family: 'requests',
    series: (group, phaseCount) => byteHistogram(size(group), phaseCount, detail === 'full'),
  })
  return [
    ...counters,
    {
      metric: 'istio_request_duration_milliseconds',
      type: 'histogram',
      family: 'requests',
      series: (group) =>
        durationHistogram(group, detail === 'coarse' ? coarseBoundsMs : durationBoundsMs),
    },
    bytes('istio_request_bytes', (group) => group.requestBytes),
    bytes('istio_response_bytes', (group) => group.responseBytes),
    {
      metric: 'istio_request_messages_total',
      type: 'counter',
      family: 'requests',
      grpcOnly: true,
      series: once(() => 1),
    },
    {
      metric: 'istio_response_messages_total',
      type: 'counter',
      family: 'requests',
      grpcOnly: true,
      series: once(() => 1),
    },
  ]
}

function durationHistogram(group: SeriesGroup, boundsMs: readonly number[]): readonly SeriesPart[] {
  const ones = group.latency.map(() => 1)
  return [
    ...boundsMs.map((bound) => ({
      suffix: '_bucket',
      le: String(bound),
      factor: group.latency.map((profile) => shareBelow(profile, bound)),
    })),
    { suffix: '_bucket', le: '+Inf', factor: ones },
    { suffix: '_sum', factor: group.latency.map(meanMs) },
    { suffix: '_count', factor: ones },
  ]
}

function byteHistogram(size: number, phaseCount: number, buckets: boolean): readonly SeriesPart[] {
  const profile = { medianMs: size / Math.exp(0.125), sigma: 0.5 }
  return [
    ...(buckets ? byteBounds : []).map((bound) => ({
      suffix: '_bucket',
      le: String(bound),
      factor: constant(shareBelow(profile, bound), phaseCount),
    })),
    { suffix: '_bucket', le: '+Inf', factor: constant(1, phaseCount) },
    { suffix: '_sum', factor: constant(size, phaseCount) },
    { suffix: '_count', factor: constant(1, phaseCount) },
  ]
}

function constant(value: number, phaseCount: number): readonly number[] {
  return Array.from({ length: phaseCount }, () => value)
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`)
    .join(',')
}
