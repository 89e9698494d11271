import type { Table } from './table.ts'

/**
 * The named questions telemetry can be asked, and their answers. PromQL stays
 * inside this room; a recording answers the same questions from its samples.
 *
 * Times are Unix milliseconds (UTC) by this machine's clock, windows are
 * seconds, rates are per second.
 */
export type Question =
  EdgesQuestion | LatencyQuestion | BytesQuestion | SeriesQuestion | SamplesQuestion

/** The answer type that belongs to a question type. */
export type AnswerTo<Q extends Question> = Q extends EdgesQuestion
  ? EdgesAnswer
  : Q extends LatencyQuestion
    ? LatencyAnswer
    : Q extends BytesQuestion
      ? BytesAnswer
      : Q extends SeriesQuestion
        ? SeriesAnswer
        : SamplesAnswer

/** When and over what: shared by every question that evaluates a rate. */
export interface Evaluation {
  /** Evaluation time; the caller chooses one for the whole fleet. */
  readonly atMs: number
  readonly windowSeconds: number
  /**
   * `lean` asks only for labels that cannot be recovered from Kubernetes
   * objects; `full` adds app and version (canonical service and revision), for
   * fleets whose objects are not at hand.
   */
  readonly identity: 'lean' | 'full'
}

/** Who talks to whom: request rates by code, flag and policy; TCP bytes. */
export interface EdgesQuestion extends Evaluation {
  readonly name: 'edges'
}

/**
 * `requests`: Istio's own label names (`reporter`, `source_cluster`, …,
 * `connection_security_policy`, `source_principal`, `destination_principal`),
 * value `rate` (requests per second).
 * `tcp`: the same identity labels, values `sentRate` and `receivedRate`
 * (bytes per second; `sent` is from source to destination).
 */
export interface EdgesAnswer {
  readonly name: 'edges'
  readonly requests: Table
  readonly tcp: Table
}

/** Percentiles per edge. Costly mesh-wide, so it takes a scope. */
export interface LatencyQuestion extends Evaluation {
  readonly name: 'latency'
  /** Only edges into these namespaces; null for all. */
  readonly destinationNamespaces: readonly string[] | null
}

/**
 * `latency`: identity labels as in edges (the service only where the source
 * alone tells of it), values `p50 p90 p95 p99` in milliseconds (NaN when
 * unknown) and `requestRate`, how many requests per second they rest on.
 */
export interface LatencyAnswer {
  readonly name: 'latency'
  readonly latency: Table
}

/** Bytes of HTTP and gRPC bodies per edge. */
export interface BytesQuestion extends Evaluation {
  readonly name: 'bytes'
}

/** `bytes`: identity labels as in edges, values `sentRate` (request bodies) and `receivedRate` (response bodies), bytes per second. */
export interface BytesAnswer {
  readonly name: 'bytes'
  readonly bytes: Table
}

/** One workload's or service's course over time, for charts. */
export interface SeriesQuestion {
  readonly name: 'series'
  readonly fromMs: number
  readonly toMs: number
  readonly stepSeconds: number
  readonly windowSeconds: number
  readonly of: {
    readonly kind: 'workload' | 'service'
    readonly namespace: string
    readonly name: string
    readonly direction: 'inbound' | 'outbound'
  }
}

/** `atMs` is the time axis; each series has one number per time (NaN for none). Rates per second, latency in ms. */
export interface SeriesAnswer {
  readonly name: 'series'
  readonly atMs: Float64Array
  readonly series: Readonly<
    Record<
      'requestRate' | 'errorRate' | 'p50' | 'p95' | 'p99' | 'sentRate' | 'receivedRate',
      Float64Array
    >
  >
}

/** The raw counters of every Istio series since a time: what a recording keeps. */
export interface SamplesQuestion {
  readonly name: 'samples'
  readonly fromMs: number
  readonly toMs: number
}

/**
 * One row per series and sample, left-open range (from, to]: labels are
 * `__name__` and the Istio labels, plus `series`, an opaque key that tells
 * series apart which differ only in labels that were not kept (pod, instance);
 * values `atMs` and `value`.
 */
export interface SamplesAnswer {
  readonly name: 'samples'
  readonly samples: Table
}
