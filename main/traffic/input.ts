import type { MeshModel } from '../mesh/index.ts'
import type { BytesAnswer, EdgesAnswer, LatencyAnswer } from '../prom/index.ts'
import type { GraphCluster } from './graph.ts'
import type { Tolerance } from './tolerance.ts'

/** What a graph is built from: one moment, one window, everything that was answered about it. */
export interface GraphInput {
  readonly atMs: number
  readonly windowSeconds: number
  /** What the objects say; null where there are none at hand (a graph from telemetry alone). */
  readonly model: MeshModel | null
  /** Every cluster of the fleet and how much it contributed, as the graph is to say. */
  readonly clusters: readonly GraphCluster[]
  readonly answers: readonly TelemetryAnswer[]
  /** What the nodes are; workloads when not given. */
  readonly by?: GraphGrouping
  /** What counts as unhealthy; `defaultTolerances` when not given. */
  readonly tolerances?: readonly Tolerance[]
}

/** What one telemetry endpoint answered. */
export interface TelemetryAnswer {
  /** Stable name of the endpoint; answers of one endpoint belong together. */
  readonly endpoint: string
  /** The fleet's clusters it speaks for; empty where only its labels can tell. */
  readonly clusters: readonly string[]
  readonly edges: EdgesAnswer
  readonly latency?: LatencyAnswer
  readonly bytes?: BytesAnswer
}

/**
 * `workload`: every workload. `app`: workloads of one app as one. `version`:
 * of one app and version. `service`: workloads stand behind the service they
 * are mostly asked through.
 */
export type GraphGrouping = 'workload' | 'app' | 'version' | 'service'
