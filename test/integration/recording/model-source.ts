import { createHash } from 'node:crypto'
import type { ClusterSnapshot, FleetSource } from '../../../main/fleet/index.ts'
import type { KubeObject, ResourceKind } from '../../../main/kube/index.ts'
import {
  answerFromSamples,
  keptLabels,
  keptMetrics,
  storeSamples,
  type AnswerTo,
  type LabelColumn,
  type Question,
  type Table,
} from '../../../main/prom/index.ts'
import { clusterObjects, clusterSeries, type Manifest, type Model } from '../../rig/model/index.ts'

export interface ModelSourceOptions {
  /** The clock the fleet lives by, Unix milliseconds. */
  readonly now: () => number
  /** How often its Prometheis scrape. */
  readonly scrapeSeconds: number
}

/** A live fleet without servers: the traffic model's objects, and Prometheis that scrape its series. */
export function modelSource(model: Model, { now, scrapeSeconds }: ModelSourceOptions): FleetSource {
  const clusters = model.topology.clusters.map(({ name }) => clusterSnapshot(model, name))
  const scraped = new Map(
    model.topology.clusters.map(({ name }) => [name, scrapes(model, name, scrapeSeconds * 1000)]),
  )
  return {
    timeline: () => ({ mode: 'live' }),
    snapshot: () => ({
      revision: 1,
      atMs: now(),
      clusters: clusters.map((one) => answering(one, now())),
    }),
    subscribe: () => () => undefined,
    async ask(question, options = {}) {
      return [...scraped]
        .filter(([name]) => options.clusters?.includes(name) ?? true)
        .map(([name, samples]) => {
          const [fromMs, toMs] = rangeOf(question)
          const table = samples(fromMs, toMs)
          const answer = (
            question.name === 'samples'
              ? { name: 'samples', samples: table }
              : answerFromSamples(question, storeSamples([table]))
          ) as AnswerTo<typeof question>
          return {
            endpoint: `prometheus-${name}`,
            clusters: [name],
            ageSeconds: 0,
            ok: true,
            answer,
          }
        })
    },
    async seek() {
      throw new Error('a live fleet cannot be wound back')
    },
    async close() {},
  }
}

function rangeOf(question: Question): readonly [number, number] {
  if (question.name === 'samples') return [question.fromMs, question.toMs]
  const windowMs = question.windowSeconds * 1000
  if (question.name === 'series') return [question.fromMs - windowMs, question.toMs]
  return [question.atMs - windowMs, question.atMs]
}

/** Reads one cluster's series at each scrape in (from, to], as a `samples` answer has them. */
function scrapes(model: Model, cluster: string, everyMs: number) {
  const series = clusterSeries(model, cluster, 'standard')
  const parsed = series.names.map(parseSeries)
  const kept = parsed.flatMap(({ metric }, index) => (keptMetrics.includes(metric) ? [index] : []))
  const dropped = parsed.map(({ labels }) =>
    JSON.stringify(Object.entries(labels).filter(([name]) => !keptLabels.includes(name))),
  )
  const columns = [
    ...keptLabels.map((name) => [name, column(kept, (row) => parsed[row]?.labels[name])] as const),
    ['__name__', column(kept, (row) => parsed[row]?.metric)] as const,
    ['series', column(kept, (row) => dropped[row])] as const,
  ]
  return (fromMs: number, toMs: number): Table => {
    const times: number[] = []
    const first = Math.floor(fromMs / everyMs + 1) * everyMs
    for (let at = first; at <= toMs; at += everyMs) times.push(at)
    const count = times.length
    const repeated = ({ dictionary, codes }: LabelColumn): LabelColumn => {
      const all = new Uint32Array(kept.length * count)
      codes.forEach((code, place) => all.fill(code, place * count, (place + 1) * count))
      return { dictionary, codes: all }
    }
    const value = new Float64Array(kept.length * count)
    times.forEach((at, scrape) => {
      const values = series.valuesAt(at)
      kept.forEach((row, place) => {
        value[place * count + scrape] = values[row] ?? NaN
      })
    })
    return {
      rowCount: value.length,
      labels: Object.fromEntries(columns.map(([name, one]) => [name, repeated(one)])),
      values: { atMs: value.map((_, row) => times[row % count] ?? NaN), value },
    }
  }
}

function column(rows: readonly number[], text: (row: number) => string | undefined): LabelColumn {
  const codeOf = new Map([['', 0]])
  const codes = Uint32Array.from(rows, (row) => {
    const value = text(row) ?? ''
    const code = codeOf.get(value) ?? codeOf.size
    codeOf.set(value, code)
    return code
  })
  return { dictionary: [...codeOf.keys()], codes }
}

function parseSeries(text: string) {
  const brace = text.indexOf('{')
  const labels = Object.fromEntries(
    [...text.slice(brace).matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replaceAll(/\\(.)/g, '$1'),
    ]),
  )
  return { metric: text.slice(0, brace), labels }
}

function answering(snapshot: ClusterSnapshot, answeredMs: number): ClusterSnapshot {
  const { status } = snapshot
  return { ...snapshot, status: { ...status, telemetry: { ...status.telemetry, answeredMs } } }
}

function clusterSnapshot(model: Model, name: string): ClusterSnapshot {
  const objects: Partial<Record<ResourceKind, KubeObject[]>> = { Pod: [], Node: [] }
  for (const manifest of clusterObjects(model, name)) {
    const kind = kindOf(manifest)
    if (kind === null) continue
    const list = objects[kind] ?? []
    objects[kind] = list
    list.push(settled(manifest, name))
  }
  return {
    status: {
      name,
      contexts: [name],
      uid: uid(name, 'kube-system'),
      identityAssumed: false,
      state: 'ready',
      sinceMs: Date.UTC(2026, 0, 1),
      reason: null,
      remedy: null,
      kubernetesVersion: 'v1.37.2',
      telemetry: {
        state: 'ready',
        endpoint: 'Service istio-system/prometheus',
        reason: null,
        remedy: null,
        answeredMs: null,
      },
    },
    objects,
    unreadable: {},
  }
}

const kinds: ReadonlySet<string> = new Set<ResourceKind>([
  'Namespace',
  'Service',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ConfigMap',
  'PeerAuthentication',
  'ServiceEntry',
  'VirtualService',
  'Gateway',
])

function kindOf({ apiVersion, kind }: Manifest): ResourceKind | null {
  if (kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/')) return 'IstioGateway'
  return kinds.has(kind) ? (kind as ResourceKind) : null
}

/** The object once its controllers are done with it. */
function settled(manifest: Manifest, cluster: string): KubeObject {
  const { namespace = '', name } = manifest.metadata
  const metadata = {
    ...manifest.metadata,
    uid: uid(cluster, `${manifest.kind}/${namespace}/${name}`),
  }
  const spec = manifest['spec']
  const replicas =
    typeof spec === 'object' && spec !== null && 'replicas' in spec ? spec.replicas : undefined
  if (replicas === undefined) return { ...manifest, metadata }
  const status = {
    replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    updatedReplicas: replicas,
  }
  return { ...manifest, metadata, status }
}

function uid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}
