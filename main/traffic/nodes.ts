import { nodeId, type NodeKind, type Workload } from '../mesh/index.ts'
import { endKind } from './ends.ts'
import type { GraphGrouping } from './input.ts'
import type { Tuples } from './intern.ts'
import { unknown, type Codebook, type Rows } from './rows.ts'
import type { Ends } from './ends.ts'

/** A node before it is judged. */
export interface NodeDraft {
  readonly id: string
  readonly kind: NodeKind
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly app: string | null
  readonly version: string | null
  readonly kubernetesKind: string | null
  /** The workloads it stands for, where objects tell of them. */
  readonly workloads: Workload[]
}

/** App and version of ends as telemetry's own labels say, for fleets without objects. */
export interface CanonicalNames {
  app(end: number): string | null
  version(end: number): string | null
}

/** Reads apps and versions off rows; of two names for one end the first in order, whatever the rows'. */
export function canonicalNames(
  parts: readonly { readonly rows: Rows; readonly ends: Ends }[],
  book: Codebook,
): CanonicalNames {
  const apps: number[] = []
  const versions: number[] = []
  const note = (list: number[], end: number, code: number) => {
    if (end === unknown || code === unknown) return
    const before = list[end]
    if (before === code) return
    if (before === undefined || book.names.text(code) < book.names.text(before)) list[end] = code
  }
  for (const { rows, ends } of parts) {
    const { canonical } = rows
    if (canonical === null) continue
    for (let row = 0; row < rows.count; row++) {
      const from = ends.source[row] ?? unknown
      const to = ends.target[row] ?? unknown
      note(apps, from, canonical.sourceApp[row] ?? unknown)
      note(apps, to, canonical.targetApp[row] ?? unknown)
      note(versions, from, canonical.sourceVersion[row] ?? unknown)
      note(versions, to, canonical.targetVersion[row] ?? unknown)
    }
  }
  const textOf = (code: number | undefined) => (code === undefined ? null : book.names.text(code))
  return { app: (end) => textOf(apps[end]), version: (end) => textOf(versions[end]) }
}

/** The nodes that ends are shown as. */
export interface Nodes {
  readonly drafts: readonly NodeDraft[]
  /** The node of an end; ends are given theirs when first asked for. */
  of(end: number): number
}

/**
 * Shows ends as nodes: each on its own, or workloads together by app, by app
 * and version, or behind the service in front of them (`frontOf`).
 */
export function groupNodes(
  all: Tuples,
  book: Codebook,
  workloadOf: (end: number) => Workload | undefined,
  canonical: CanonicalNames,
  by: GraphGrouping,
  frontOf: (end: number) => number,
): Nodes {
  const drafts: NodeDraft[] = []
  const byId = new Map<string, number>()
  const nodeOf: number[] = []

  function place(end: number): number {
    const draft = describe(end)
    let node = byId.get(draft.id)
    if (node === undefined) {
      node = drafts.length
      byId.set(draft.id, node)
      drafts.push(draft)
    } else drafts[node]?.workloads.push(...draft.workloads)
    nodeOf[end] = node
    return node
  }

  function describe(end: number): NodeDraft {
    const { names } = book
    const front = by === 'service' ? frontOf(end) : end
    const kind = all.at(front, 0)
    const cluster = names.text(all.at(front, 1))
    const own = all.at(front, 2)
    const workload = workloadOf(end)
    const workloads = workload === undefined ? [] : [workload]
    if (kind === endKind.external) return plain('external', cluster, '', names.text(own))
    const pairs = kind === endKind.service ? book.services : book.workloads
    const namespace = names.text(pairs.at(own, 0))
    const name = names.text(pairs.at(own, 1))
    if (kind === endKind.service) {
      return { ...plain('service', cluster, namespace, name), workloads }
    }
    const app = workload?.app ?? canonical.app(end)
    const version = workload?.version ?? canonical.version(end)
    if (by === 'app' || by === 'version')
      return grouped(cluster, namespace, app ?? name, version, workloads)
    const isGateway = workload?.role === 'gateway' || workload?.role === 'waypoint'
    const nodeKind = isGateway ? 'gateway' : 'workload'
    return {
      id: workload?.id ?? nodeId(nodeKind, cluster, namespace, name),
      kind: nodeKind,
      cluster,
      namespace,
      name,
      app,
      version,
      kubernetesKind: workload?.kubernetesKind ?? null,
      workloads,
    }
  }

  function grouped(
    cluster: string,
    namespace: string,
    app: string,
    version: string | null,
    workloads: Workload[],
  ): NodeDraft {
    const one = { ...plain('app', cluster, namespace, app), app, workloads }
    if (by === 'app') return one
    const shown = version ?? 'latest'
    return { ...one, id: `${one.id}@${encodeURIComponent(shown.toWellFormed())}`, version: shown }
  }

  return { drafts, of: (end) => nodeOf[end] ?? place(end) }
}

function plain(kind: NodeKind, cluster: string, namespace: string, name: string): NodeDraft {
  return {
    id: nodeId(kind, cluster, namespace, name),
    kind,
    cluster,
    namespace,
    name,
    app: null,
    version: null,
    kubernetesKind: null,
    workloads: [],
  }
}
