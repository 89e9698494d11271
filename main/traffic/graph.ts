import type { NodeKind } from '../mesh/index.ts'

/** The one map: what `smm graph -o json` prints. Ratios 0 to 1, rates per second, null where not known. */
export interface Graph {
  /** Evaluation time, ISO 8601 UTC. */
  readonly at: string
  readonly windowSeconds: number
  readonly clusters: readonly GraphCluster[]
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** How much of the picture one cluster contributed. */
export interface GraphCluster {
  readonly name: string
  readonly state: string
  /** Age of its telemetry; null when it gave none. */
  readonly ageSeconds: number | null
}

/**
 * A workload; a gateway, where objects tell that a workload is one; an app,
 * where workloads are shown together; a service that no workload answered for
 * (never arrived, without a proxy, or a host a ServiceEntry names), in the
 * cluster of who called it; or something outside: a caller nobody can name
 * (`unknown`, beside the cluster it called), `PassthroughCluster` and
 * `BlackHoleCluster` (in the cluster that was left).
 */
export interface GraphNode {
  readonly id: string
  readonly kind: NodeKind
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly app: string | null
  readonly version: string | null
  /** `Deployment`, `StatefulSet`, …; null where no object tells. */
  readonly kubernetesKind: string | null
  readonly health: Health
}

/** A verdict and why. Never a bare colour. */
export interface Health {
  readonly status: HealthStatus
  readonly reasons: readonly HealthReason[]
}

/** Worst first: failing, degraded, healthy; idle and unknown do not count beside a known indicator. */
export type HealthStatus = 'healthy' | 'degraded' | 'failing' | 'idle' | 'unknown'

/** One indicator's account. `value` and `threshold` are in the indicator's unit (ratio 0 to 1, or a count). */
export interface HealthReason {
  readonly indicator: string
  readonly status: HealthStatus
  readonly message: string
  readonly value: number | null
  readonly threshold: number | null
  /** Requests (or replicas) the verdict rests on. */
  readonly samples: number | null
}

/**
 * Traffic from one node to another, by protocol. TCP has neither requests nor
 * responses; bodies' bytes and percentiles are null where they were not asked.
 */
export interface GraphEdge {
  readonly source: string
  readonly target: string
  readonly protocol: 'http' | 'grpc' | 'tcp'
  readonly requestRate: number | null
  readonly errorRatio: number | null
  readonly bytesPerSecond: { readonly sent: number | null; readonly received: number | null }
  readonly latencyMs: {
    readonly p50: number | null
    readonly p90: number | null
    readonly p95: number | null
    readonly p99: number | null
  }
  readonly mtls: {
    readonly ratio: number | null
    readonly sourcePrincipals: readonly string[]
    readonly destinationPrincipals: readonly string[]
  }
  readonly responses: readonly GraphResponse[]
}

/** How requests ended: code (`-` for no response), Envoy's response flags, and the hosts they were sent to. */
export interface GraphResponse {
  readonly code: string
  readonly flags: string
  readonly rate: number
  readonly hosts: readonly string[]
}
