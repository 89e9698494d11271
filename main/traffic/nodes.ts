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
export class CanonicalNames {
  private readonly book: Codebook
  private readonly apps = new Map<number, number>()
  private readonly versions = new Map<number, number>()

  constructor(book: Codebook) {
    this.book = book
  }

  /** Reads names off rows; of two for one end the first in order counts, whatever the rows'. */
  read({ rows, ends }: { readonly rows: Rows; readonly ends: Ends }): void {
    const { canonical } = rows
    if (canonical === null) return
    for (let row = 0; row < rows.count; row++) {
      const from = ends.source[row] ?? unknown
      const to = ends.target[row] ?? unknown
      this.note(this.apps, from, canonical.sourceApp[row] ?? unknown)
      this.note(this.apps, to, canonical.targetApp[row] ?? unknown)
      this.note(this.versions, from, canonical.sourceVersion[row] ?? unknown)
      this.note(this.versions, to, canonical.targetVersion[row] ?? unknown)
    }
  }

  app(end: number): string | null {
    return this.textOf(this.apps.get(end))
  }

  version(end: number): string | null {
    return this.textOf(this.versions.get(end))
  }

  private note(known: Map<number, number>, end: number, code: number): void {
    if (end === unknown || code === unknown) return
    const before = known.get(end)
    if (before === code) return
    const { names } = this.book
    if (before === undefined || names.text(code) < names.text(before)) known.set(end, code)
  }

  private textOf(code: number | undefined): string | null {
    return code === undefined ? null : this.book.names.text(code)
  }
}

/** What showing ends as nodes takes. */
export interface Grouping {
  readonly by: GraphGrouping
  readonly canonical: CanonicalNames
  workloadOf(end: number): Workload | undefined
  /** The service an end stands behind, or the end itself; asked where nodes are services. */
  frontOf(end: number): number
}

/**
 * Shows ends as nodes: each on its own, or workloads together by app, by app
 * and version, or behind the service in front of them.
 */
export class Nodes {
  readonly drafts: NodeDraft[] = []
  private readonly all: Tuples
  private readonly book: Codebook
  private readonly grouping: Grouping
  private readonly byId = new Map<string, number>()
  private readonly nodeOf: number[] = []

  constructor(all: Tuples, book: Codebook, grouping: Grouping) {
    this.all = all
    this.book = book
    this.grouping = grouping
  }

  /** The node of an end; ends are given theirs when first asked for. */
  of(end: number): number {
    return this.nodeOf[end] ?? this.place(end)
  }

  private place(end: number): number {
    const draft = this.describe(end)
    let node = this.byId.get(draft.id)
    if (node === undefined) {
      node = this.drafts.length
      this.byId.set(draft.id, node)
      this.drafts.push(draft)
    } else this.drafts[node]?.workloads.push(...draft.workloads)
    this.nodeOf[end] = node
    return node
  }

  private describe(end: number): NodeDraft {
    const { all, grouping } = this
    const { names, services, workloads: pairs } = this.book
    const { by, canonical } = grouping
    const front = by === 'service' ? grouping.frontOf(end) : end
    const kind = all.at(front, 0)
    const cluster = names.text(all.at(front, 1))
    const own = all.at(front, 2)
    if (kind === endKind.external) return plain('external', cluster, '', names.text(own), [])
    const workload = grouping.workloadOf(end)
    const workloads = workload === undefined ? [] : [workload]
    const table = kind === endKind.service ? services : pairs
    const namespace = names.text(table.at(own, 0))
    const name = names.text(table.at(own, 1))
    if (kind === endKind.service) return plain('service', cluster, namespace, name, workloads)
    const app = workload?.app ?? canonical.app(end)
    const version = workload?.version ?? canonical.version(end)
    if (by === 'app' || by === 'version') {
      const one = { ...plain('app', cluster, namespace, app ?? name, workloads), app: app ?? name }
      const shown = version ?? 'latest'
      return by === 'app'
        ? one
        : { ...one, id: `${one.id}@${encodeURIComponent(shown.toWellFormed())}`, version: shown }
    }
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
}

function plain(
  kind: NodeKind,
  cluster: string,
  namespace: string,
  name: string,
  workloads: Workload[],
): NodeDraft {
  return {
    id: nodeId(kind, cluster, namespace, name),
    kind,
    cluster,
    namespace,
    name,
    app: null,
    version: null,
    kubernetesKind: null,
    workloads,
  }
}
