import { createKubeClient, type ContextEntry, type KubeClient } from '../kube/index.ts'
import { startClusterWatch, type ClusterWatch } from './cluster-watch.ts'
import { startConnection, type Connection, type Identity } from './connection.ts'
import type { ClusterSnapshot, ConnectionState, TelemetryStatus } from './source.ts'

/** One cluster of a live fleet, reached through its primary context. */
export interface Member {
  readonly entry: ContextEntry
  /** Primary first. */
  readonly contexts: readonly string[]
  /** Whether the program its context logs in with may run. */
  readonly allowExec: boolean
  /** Null while it is not dialled. */
  readonly client: KubeClient | null
  identity(): Identity | null
  condition(): Condition
  watch(): ClusterWatch | null
  /** Begins to watch objects; called once its identity showed that no other context leads here. */
  startWatch(): void
  snapshot(telemetry: TelemetryStatus): ClusterSnapshot
  stop(): Promise<void>
}

/** How well a cluster is reached, in words. */
export interface Condition {
  readonly state: ConnectionState
  readonly reason: string | null
  readonly remedy: string | null
}

/** A member that is shown but never dialled: paused by choice, or broken in its kubeconfig. */
export function idleMember(
  entry: ContextEntry,
  contexts: readonly string[],
  condition: Condition,
): Member {
  const sinceMs = Date.now()
  return {
    entry,
    contexts,
    allowExec: false,
    client: null,
    identity: () => null,
    condition: () => condition,
    watch: () => null,
    startWatch: () => undefined,
    snapshot: (telemetry) => ({
      status: {
        name: entry.name,
        contexts,
        uid: null,
        identityAssumed: false,
        ...condition,
        sinceMs,
        kubernetesVersion: null,
        telemetry,
      },
      objects: {},
      unreadable: {},
    }),
    stop: () => Promise.resolve(),
  }
}

/** A member that is dialled at once and watched from `startWatch` on. `onChange` is called for every news. */
export function liveMember(
  entry: ContextEntry,
  contexts: readonly string[],
  options: { readonly allowExec: boolean; readonly onChange: () => void },
): Member {
  const client = createKubeClient(entry, { allowExec: options.allowExec })
  const connection: Connection = startConnection(client, () => options.onChange())
  let watch: ClusterWatch | null = null
  let stopped = false
  let last: { condition: Condition; sinceMs: number } | null = null

  function condition(): Condition {
    const failure = connection.failure()
    if (failure) return failure
    if (connection.identity() === null) {
      return { state: 'connecting', reason: `dialling ${client.server}`, remedy: null }
    }
    if (watch === null || watch.syncing()) {
      return { state: 'connecting', reason: 'reading its objects', remedy: null }
    }
    return watchCondition(watch)
  }

  return {
    entry,
    contexts,
    allowExec: options.allowExec,
    client,
    identity: () => connection.identity(),
    condition,
    watch: () => watch,
    startWatch() {
      if (stopped) return
      watch ??= startClusterWatch(connection, {
        fallbackNamespace: entry.namespace,
        onChange: () => options.onChange(),
      })
    },
    snapshot(telemetry) {
      const now = condition()
      if (last?.condition.state !== now.state) last = { condition: now, sinceMs: Date.now() }
      const identity = connection.identity()
      return {
        status: {
          name: entry.name,
          contexts,
          uid: identity?.uid ?? null,
          identityAssumed: identity !== null && identity.uid === null,
          state: now.state,
          sinceMs: last.sinceMs,
          reason: now.reason,
          remedy: now.remedy,
          kubernetesVersion: identity?.kubernetesVersion ?? null,
          telemetry,
        },
        objects: watch?.objects() ?? {},
        unreadable: watch?.unreadable() ?? {},
      }
    },
    async stop() {
      stopped = true
      connection.stop()
      watch?.stop()
      await client.close()
    },
  }
}

function watchCondition(watch: ClusterWatch): Condition {
  const { forbidden, failing } = watch.withheld()
  const readable = Object.keys(watch.objects()).length
  if (forbidden.length > 0 && readable === 0) {
    return {
      state: 'unauthorized',
      reason: 'the user of this context may read nothing that is needed',
      remedy: 'Ask an administrator of the cluster for the right to read (ClusterRole view).',
    }
  }
  if (failing.length > 0) {
    return {
      state: 'degraded',
      reason: `${failing.join(', ')} cannot be read: ${watch.unreadable()[failing[0] ?? 'Pod'] ?? ''}`,
      remedy: 'It is tried again; look at the logs of the API server if it stays.',
    }
  }
  if (forbidden.length > 0) {
    return {
      state: 'degraded',
      reason: `the user of this context may not read all of: ${forbidden.join(', ')}`,
      remedy:
        'What is allowed works. For the rest ask for the right to list and watch these kinds.',
    }
  }
  return { state: 'ready', reason: null, remedy: null }
}
