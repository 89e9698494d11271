import type { ClusterStatus, FleetSnapshot, FleetSource, Timeline } from '../fleet/index.ts'
import type { Question, Table } from '../prom/index.ts'

/** A fleet in memory, for tests: what it holds and answers can be changed at any time. */
export interface MemorySource extends FleetSource {
  /** Replaces the clusters, and tells subscribers. */
  setClusters(clusters: readonly ClusterStatus[]): void
  setTimeline(timeline: Timeline): void
  /** What the first cluster's Prometheus answers to `edges` from now on; null when all fail. */
  setRequests(rows: readonly Readonly<Record<string, string | number>>[] | null): void
  /** Holds a cluster's answers back until the returned function is called. */
  hold(cluster: string): () => void
  /** Questions asked so far. */
  readonly asked: readonly Question[]
  listeners(): number
}

/** A ready cluster with telemetry; `changes` makes it another. */
export function clusterStatus(name: string, changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    name,
    contexts: [name],
    uid: `uid-${name}`,
    identityAssumed: false,
    state: 'ready',
    sinceMs: 0,
    reason: null,
    remedy: null,
    kubernetesVersion: 'v1.34.0',
    telemetry: {
      state: 'ready',
      endpoint: 'Service istio-system/prometheus',
      reason: null,
      remedy: null,
      answeredMs: null,
    },
    ...changes,
  }
}

/** A fleet with the given clusters and no traffic. */
export function createMemorySource(clusters: readonly ClusterStatus[]): MemorySource {
  const listeners = new Set<() => void>()
  const asked: Question[] = []
  let timeline: Timeline = { mode: 'live' }
  let requests: readonly Readonly<Record<string, string | number>>[] | null = []
  let snapshot = snapshotOf(1, clusters)
  const held = new Map<string, Promise<void>>()

  return {
    asked,
    listeners: () => listeners.size,
    timeline: () => timeline,
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ask(question, { clusters: wanted, onAnswer } = {}) {
      asked.push(question)
      const rows = requests
      const answers = snapshot.clusters.flatMap(({ status: { name } }, index) => {
        if (wanted && !wanted.includes(name)) return []
        const endpoint = { endpoint: name, clusters: [name], ageSeconds: 0 }
        if (rows === null) return { ...endpoint, ok: false, reason: 'gone', remedy: null }
        // Only edges are planted, in the first cluster.
        const answer = {
          name: question.name,
          requests: tableOf(index === 0 ? rows : []),
          tcp: tableOf([]),
          latency: tableOf([]),
          bytes: tableOf([]),
        }
        return { ...endpoint, ok: true, answer }
      })
      // An answer's type follows its question's, which the compiler cannot see here.
      return Promise.all(
        answers.map(async (answer) => {
          await held.get(answer.endpoint)
          onAnswer?.(answer as never)
          return answer as never
        }),
      )
    },
    seek(positionMs) {
      if (timeline.mode === 'live') return Promise.reject(new Error('live'))
      timeline = { ...timeline, positionMs }
      for (const listener of listeners) listener()
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
    setClusters(next) {
      snapshot = snapshotOf(snapshot.revision + 1, next)
      for (const listener of listeners) listener()
    },
    hold(cluster) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(cluster, promise)
      return () => {
        held.delete(cluster)
        resolve()
      }
    },
    setTimeline(next) {
      timeline = next
    },
    setRequests(rows) {
      requests = rows
    },
  }
}

function snapshotOf(revision: number, clusters: readonly ClusterStatus[]): FleetSnapshot {
  return {
    revision,
    atMs: Date.UTC(2026, 0, 1) + revision,
    clusters: clusters.map((status) => ({ status, objects: {}, unreadable: {} })),
  }
}

/** Rows of strings (labels) and numbers (values) as columns. */
function tableOf(rows: readonly Readonly<Record<string, string | number>>[]): Table {
  const names = new Set(rows.flatMap((row) => Object.keys(row)))
  const labels: Record<string, { dictionary: string[]; codes: Uint32Array }> = {}
  const values: Record<string, Float64Array> = {}
  for (const name of names) {
    const cells = rows.map((row) => row[name])
    if (cells.some((cell) => typeof cell === 'number')) {
      values[name] = Float64Array.from(cells, (cell) => Number(cell ?? NaN))
      continue
    }
    const dictionary = ['', ...new Set(cells.map((cell) => String(cell ?? '')).filter(Boolean))]
    labels[name] = {
      dictionary,
      codes: Uint32Array.from(cells, (cell) => dictionary.indexOf(String(cell ?? ''))),
    }
  }
  return { rowCount: rows.length, labels, values }
}
