import type { AnswerTo, Question } from '../prom/index.ts'
import type { KubeObject, ResourceKind } from '../kube/index.ts'

/** How well a cluster can be reached. Each state carries since-when, a reason and a remedy. */
export type ConnectionState =
  'connecting' | 'ready' | 'degraded' | 'unauthorized' | 'unreachable' | 'paused'

/** What is known of reaching one cluster's API server and its telemetry. */
export interface ClusterStatus {
  /** Name of the primary context: the cluster's name everywhere in this product. */
  readonly name: string
  /** Every chosen context that leads to this cluster, the primary one first. */
  readonly contexts: readonly string[]
  /** UID of namespace `kube-system`; null until known. */
  readonly uid: string | null
  /** True where `uid` could not be read and identity rests on CA fingerprint and address. */
  readonly identityAssumed: boolean
  readonly state: ConnectionState
  readonly sinceMs: number
  /** Why it is in this state, for a person; null when ready. */
  readonly reason: string | null
  /** What the person can do about it; null when ready. */
  readonly remedy: string | null
  readonly kubernetesVersion: string | null
  readonly telemetry: TelemetryStatus
}

/** Where a cluster's Prometheus was found and how it answers. */
export interface TelemetryStatus {
  readonly state: 'unknown' | 'ready' | 'missing' | 'failing'
  /** For a person: `Service istio-system/prometheus`, or a URL without credentials. */
  readonly endpoint: string | null
  readonly reason: string | null
  readonly remedy: string | null
  /** When it last answered; null when never. */
  readonly answeredMs: number | null
}

/** One cluster at one moment: its status and its (trimmed) objects. Never mutated. */
export interface ClusterSnapshot {
  readonly status: ClusterStatus
  /** Objects by our kind name; a kind that is absent was not or may not be read (see `unreadable`). */
  readonly objects: Readonly<Partial<Record<ResourceKind, readonly KubeObject[]>>>
  /** Kinds that could not be read, with the reason (`forbidden`, `not served`, …). */
  readonly unreadable: Readonly<Partial<Record<ResourceKind, string>>>
}

/** The whole fleet at one moment. A change makes the next snapshot and never edits the last. */
export interface FleetSnapshot {
  /** Grows by one with every change. */
  readonly revision: number
  readonly atMs: number
  readonly clusters: readonly ClusterSnapshot[]
  /** What else could not be read, such as a kubeconfig file; absent without any. */
  readonly problems?: readonly { readonly file: string; readonly reason: string }[]
}

/** What one telemetry endpoint said to a question. One failing endpoint never hides the others. */
export type EndpointAnswer<Q extends Question> = {
  /** Opaque, stable name of the endpoint. */
  readonly endpoint: string
  /** Names of the clusters it speaks for. */
  readonly clusters: readonly string[]
  /** Age of the data when answered, in seconds; 0 when fresh. */
  readonly ageSeconds: number
} & (
  | { readonly ok: true; readonly answer: AnswerTo<Q> }
  | { readonly ok: false; readonly reason: string; readonly remedy: string | null }
)

/** The time a source speaks of: the present, or a recorded span that a player walks through. */
export type Timeline =
  | { readonly mode: 'live' }
  | {
      readonly mode: 'recording'
      readonly title: string
      readonly fromMs: number
      readonly toMs: number
      readonly stepSeconds: number
      /** True for the sample fleet: after the end it starts again. */
      readonly loop: boolean
      /** Where the player is now, in recorded time. */
      readonly positionMs: number
    }

/** How a question is asked. */
export interface AskOptions<Q extends Question> {
  readonly signal?: AbortSignal
  /** Only endpoints that speak for one of these. */
  readonly clusters?: readonly string[]
  /** Told of each answer as it comes, before the slowest endpoint has answered. A source that answers at once need not call it. */
  readonly onAnswer?: (answer: EndpointAnswer<Q>) => void
}

/**
 * The one way in for data. Live and recorded sources answer the same
 * questions; no reader can tell the difference.
 */
export interface FleetSource {
  timeline(): Timeline
  /** The newest snapshot; cheap, may be called often. */
  snapshot(): FleetSnapshot
  /** Calls the listener after each new snapshot (coalesced, at most about 4 a second); returns how to stop. */
  subscribe(listener: () => void): () => void
  /** Asks every telemetry endpoint of the fleet at once. Never rejects but for an aborted signal. */
  ask<Q extends Question>(
    question: Q,
    options?: AskOptions<Q>,
  ): Promise<readonly EndpointAnswer<Q>[]>
  /** Moves a recording's player; a live source rejects. */
  seek(positionMs: number): Promise<void>
  /** Stops watches, players and forwards. */
  close(): Promise<void>
}
