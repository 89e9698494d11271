import type { Clock } from './clock.ts'

/** A number that may differ from phase to phase of the clock's loop (one entry per phase). */
export type ByPhase = number | readonly number[]

/** One cluster as telemetry names it. */
export interface ModelCluster {
  /** The cluster's name in the rig and the product: its context. */
  readonly name: string
  /** The name istiod gives it in `source_cluster` and `destination_cluster`. */
  readonly istioClusterId: string
  readonly network: string
  /** Mesh ID; traffic never crosses from one mesh to another. */
  readonly mesh: string
}

/** A namespace of one cluster and how its workloads join the mesh. */
export interface ModelNamespace {
  readonly cluster: string
  readonly name: string
  readonly mode: 'sidecar' | 'ambient' | 'none'
}

/** One workload; replicas are its pods. */
export interface ModelWorkload {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly app: string
  readonly version: string
  readonly serviceAccount: string
  readonly kubernetesKind: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly role: 'workload' | 'gateway' | 'waypoint' | 'ztunnel'
  readonly dataPlane: 'sidecar' | 'ambient' | 'gateway' | 'none'
  readonly replicas: number
  /** Median and spread of its own work, without what it waits for. */
  readonly ownLatencyMs: ByPhase
  readonly latencySigma: number
}

/** A Kubernetes Service (in every cluster where its app has a workload) or a ServiceEntry host. */
export interface ModelService {
  readonly mesh: string
  readonly namespace: string
  readonly name: string
  readonly kind: 'Service' | 'ServiceEntry'
  /** Fully qualified host, as in `destination_service`. */
  readonly host: string
  readonly app: string
  readonly ports: readonly {
    readonly name: string
    readonly port: number
    readonly protocol: Protocol
  }[]
  readonly clusters: readonly string[]
}

export type Protocol = 'http' | 'grpc' | 'tcp'

/** A way in which some of the requests end; what no outcome takes is a success. */
export interface Outcome {
  /** HTTP status as Istio writes it; `0` for no response. */
  readonly code: string
  /** Only for gRPC. */
  readonly grpcStatus: string | null
  /** Envoy's response flags, `-` for none. */
  readonly flags: string
  readonly share: ByPhase
  /** `source` for what never reached the destination's proxy. */
  readonly seenBy: 'both' | 'source'
}

/** A share of a call's requests that goes to one workload. */
export interface Route {
  /** Index into `workloads`; null where no workload was ever chosen (no healthy upstream). */
  readonly target: number | null
  readonly share: ByPhase
  readonly outcomes: readonly Outcome[]
  /** The side that does not know the other side's cluster, as seen in real fleets. */
  readonly unknownCluster: 'source' | 'destination' | null
}

/** Who calls what, how often and over which wire. */
export interface Call {
  /** Index into `workloads`; null for a client outside the mesh (plaintext). */
  readonly source: number | null
  /** Calls per request that reached the source, or an absolute rate on a tide. */
  readonly demand:
    | { readonly kind: 'perRequest'; readonly ratio: number }
    | { readonly kind: 'perSecond'; readonly rate: number; readonly tide: number }
  readonly destination:
    | { readonly kind: 'service'; readonly service: number }
    | { readonly kind: 'passthrough' | 'blackHole'; readonly host: string }
  readonly protocol: Protocol
  readonly routes: readonly Route[]
  /** Share of the requests that travel without mTLS. */
  readonly plaintextShare: number
  /** Whose proxies report it: sidecars and gateways, a waypoint, or ztunnel. */
  readonly via: 'proxies' | 'waypoint' | 'ztunnel'
  readonly requestBytes: number
  readonly responseBytes: number
}

/** Load that no proxy reports: users at an ingress gateway, a timer inside a workload. */
export interface Entry {
  readonly workload: number
  readonly ratePerSecond: number
  readonly tide: number
}

/** A fleet before any number flows: who is there and who calls whom. Calls never form a cycle. */
export interface Topology {
  readonly clusters: readonly ModelCluster[]
  readonly clock: Clock
  readonly namespaces: readonly ModelNamespace[]
  readonly workloads: readonly ModelWorkload[]
  readonly services: readonly ModelService[]
  readonly entries: readonly Entry[]
  readonly calls: readonly Call[]
}

/** The value of a by-phase number in one phase. */
export function inPhase(value: ByPhase, phase: number): number {
  return typeof value === 'number' ? value : (value[phase] ?? value.at(-1) ?? 0)
}
