import {
  explainFailure,
  jitter,
  KubeStatusError,
  pause,
  type Failure,
  type KubeClient,
} from '../kube/index.ts'

/** How one API server is reached at the moment, and which cluster it proved to be. */
export interface Connection {
  readonly client: KubeClient
  failure(): Failure | null
  /** Null until first reached. */
  identity(): Identity | null
  /** Resolves when the API server is believed to be reachable. Stays pending after `stop`. */
  reachable(): Promise<void>
  /** To be told of a failure that concerns the whole server; it is looked at, once. */
  suspect(): void
  stop(): void
}

/** Which cluster an API server serves. */
export interface Identity {
  /** UID of namespace kube-system; null where the user may not read it. */
  readonly uid: string | null
  readonly kubernetesVersion: string | null
}

/** A server may come back any moment; a login that failed will hardly work by itself, and may open windows. */
const retryMs = {
  unreachable: { first: 1_000, longest: 15_000 },
  unauthorized: { first: 30_000, longest: 300_000 },
}
const probeInactivityMs = 10_000

/**
 * Reaches an API server, and again whenever it was lost: one probe at a time,
 * with growing, jittered pauses, so that a dead cluster costs next to nothing.
 * Nothing is asked while all is well.
 */
export function startConnection(client: KubeClient, onChange: () => void): Connection {
  const stopped = new AbortController()
  let failure: Failure | null = null
  let identity: Identity | null = null
  let probing = false
  let gate = newGate()

  async function probe(): Promise<void> {
    if (probing || stopped.signal.aborted) return
    probing = true
    let attempts = 0
    while (!stopped.signal.aborted) {
      try {
        const found = await identify(client, stopped.signal)
        const changed = failure !== null || identity === null
        identity = found
        failure = null
        probing = false
        gate.open()
        if (changed) onChange()
        return
      } catch (error) {
        if (stopped.signal.aborted) return
        const next = explainFailure(error, client.server)
        const changed = next.reason !== failure?.reason
        failure = next
        if (changed) onChange()
        const { first, longest } = retryMs[next.state]
        await pause(jitter(Math.min(first * 2 ** attempts++, longest)), stopped.signal)
      }
    }
  }

  void probe()
  return {
    client,
    failure: () => failure,
    identity: () => identity,
    reachable: () => gate.passed,
    suspect() {
      if (probing) return
      gate = newGate()
      void probe()
    },
    stop: () => stopped.abort(),
  }
}

async function identify(client: KubeClient, signal: AbortSignal): Promise<Identity> {
  const options = { signal, inactivityMs: probeInactivityMs }
  const [version, uid] = await Promise.all([
    client.getJson('/version', options).then(gitVersion, nullIfForbidden),
    client.getJson('/api/v1/namespaces/kube-system', options).then(uidOf, nullIfForbidden),
  ])
  return { uid, kubernetesVersion: version }
}

function nullIfForbidden(error: unknown): null {
  // A vanished kube-system (404) is a cluster of another make: no UID either.
  if (error instanceof KubeStatusError && (error.status === 403 || error.status === 404))
    return null
  throw error
}

function gitVersion(version: unknown): string | null {
  const field = property(version, 'gitVersion')
  return typeof field === 'string' ? field : null
}

function uidOf(namespace: unknown): string | null {
  const uid = property(property(namespace, 'metadata'), 'uid')
  return typeof uid === 'string' ? uid : null
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function newGate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}
