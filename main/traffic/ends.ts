import type { MeshModel } from '../mesh/index.ts'
import type { ClusterNames } from './clusters.ts'
import { Tuples } from './intern.ts'
import { halfKnown, side, unknown, type Codebook, type Rows } from './rows.ts'

/** Kinds of ends, by number. */
export const endKind = { workload: 0, service: 1, external: 2 } as const

/**
 * Who is at the ends of rows: (kind, cluster, name) tuples, the name being a
 * workload's, a service's, or a plain one for what is outside the fleet.
 */
export interface Ends {
  readonly all: Tuples
  /** Per row; `unknown` where the row cannot be placed and is left out. */
  readonly source: Int32Array
  readonly target: Int32Array
}

/** Where workloads are, as objects and telemetry tell, for labels that do not say it. */
export interface Whereabouts {
  /** Cluster of a workload in the mesh of another cluster; null unless there is exactly one. */
  find(namespace: string, name: string, meshOfCluster: string): string | null
}

/** Where the objects say workloads are. */
export function whereabouts(model: MeshModel | null): Whereabouts {
  let index: Map<string, Set<string>> | null = null
  const meshOf = new Map(model?.clusters.map(({ name, mesh }) => [name, mesh]))
  return {
    find(namespace, name, meshOfCluster) {
      if (model === null) return null
      index ??= indexWorkloads(model, meshOf)
      const mesh = meshOf.get(meshOfCluster) ?? null
      const found = index.get(`${mesh}/${namespace}/${name}`)
      const [only] = found ?? []
      return found?.size === 1 && only !== undefined ? only : null
    },
  }
}

function indexWorkloads(model: MeshModel, meshOf: ReadonlyMap<string, string | null>) {
  const index = new Map<string, Set<string>>()
  for (const { cluster, namespace, name } of model.workloads) {
    const key = `${meshOf.get(cluster) ?? null}/${namespace}/${name}`
    const found = index.get(key)
    if (found === undefined) index.set(key, new Set([cluster]))
    else found.add(cluster)
  }
  return index
}

/** Several candidates, none of which can be chosen. */
const several = -2

/** Places both ends of every row, in as many clusters as the labels name. */
export function placeEnds(
  rows: Rows,
  all: Tuples,
  book: Codebook,
  clusters: ClusterNames,
  places: Whereabouts,
): Ends {
  const { names, workloads } = book
  const source = new Int32Array(rows.count).fill(unknown)
  const target = new Int32Array(rows.count).fill(unknown)
  const waiting: number[] = []

  for (let row = 0; row < rows.count; row++) {
    const isSource = rows.side[row] === side.source
    const sourceName = rows.source[row] ?? unknown
    const targetName = rows.target[row] ?? unknown
    let sourceCluster = rows.sourceCluster[row] ?? unknown
    let targetCluster = rows.targetCluster[row] ?? unknown
    if (sourceCluster === unknown && isSource) sourceCluster = homeOf(row)
    if (targetCluster === unknown && !isSource) targetCluster = homeOf(row)
    if (sourceName >= 0 && sourceCluster !== unknown) {
      source[row] = all.intern(endKind.workload, sourceCluster, sourceName)
    }
    if (targetName >= 0 && targetCluster !== unknown) {
      target[row] = all.intern(endKind.workload, targetCluster, targetName)
    }
    if (source[row] === unknown || target[row] === unknown) waiting.push(row)
  }
  if (waiting.length > 0) placeWaiting()
  return { all, source, target }

  function homeOf(row: number): number {
    const home = clusters.home(rows.answer[row] ?? 0)
    return home === null ? unknown : names.code(home)
  }

  function placeWaiting(): void {
    const known = pairsOf(rows, source, target)
    for (const row of waiting) {
      const sourceName = rows.source[row] ?? unknown
      const targetName = rows.target[row] ?? unknown
      // A namespace without a workload is a broken series: it names nobody.
      if (sourceName === halfKnown) continue
      if (sourceName >= 0 && source[row] === unknown) source[row] = placeSource(row, sourceName)
      if (targetName >= 0 && target[row] === unknown) target[row] = placeTarget(row, targetName)
      if (source[row] === unknown) source[row] = callerUnknown(row)
      if (target[row] === unknown) target[row] = workloadUnknown(row)
    }

    /** A source whose cluster its destination did not know: whoever says they called there. */
    function placeSource(row: number, name: number): number {
      const to = target[row] ?? unknown
      const said = known.sources(name, to)
      if (said >= 0) return said
      const cluster = to === unknown ? homeOf(row) : all.at(to, 1)
      return all.intern(endKind.workload, clusterByObjects(name, cluster), name)
    }

    /** A destination whose cluster its source did not know: whoever says they were called, else here. */
    function placeTarget(row: number, name: number): number {
      const from = source[row] ?? unknown
      const said = known.targets(from, name)
      if (said >= 0) return said
      const cluster = from === unknown ? homeOf(row) : all.at(from, 1)
      return all.intern(endKind.workload, clusterByObjects(name, cluster), name)
    }

    function clusterByObjects(name: number, near: number): number {
      const namespace = names.text(workloads.at(name, 0))
      const found = places.find(namespace, names.text(workloads.at(name, 1)), names.text(near))
      return found === null ? near : names.code(found)
    }
  }

  /** A caller nobody can name stands outside, before the cluster it called. */
  function callerUnknown(row: number): number {
    const to = target[row] ?? unknown
    const cluster = to === unknown ? homeOf(row) : all.at(to, 1)
    return all.intern(endKind.external, cluster, names.code('unknown'))
  }

  /** A request for which no workload is known went to a service, or out of the mesh. */
  function workloadUnknown(row: number): number {
    const from = source[row] ?? unknown
    const own = rows.targetCluster[row] ?? unknown
    const cluster = own !== unknown ? own : from === unknown ? homeOf(row) : all.at(from, 1)
    const host = names.text(rows.host[row] ?? unknown)
    const { namespace, name } = serviceNamed(rows, row, book)
    if (name === 'PassthroughCluster' || name === 'BlackHoleCluster') {
      return all.intern(endKind.external, cluster, names.code(name))
    }
    if (name === '') return all.intern(endKind.external, cluster, names.code('unknown'))
    // Some versions report calls to the egress gateway under its host name, without its workload.
    const isEgress = name === host && name.startsWith('istio-egressgateway.')
    if (isEgress) {
      const [workload = name, workloadNamespace = namespace] = host.split('.')
      const gateway = workloads.intern(names.code(workloadNamespace), names.code(workload))
      return all.intern(endKind.workload, cluster, gateway)
    }
    if (isAddress(name)) return unknown
    const service = book.services.intern(names.code(namespace), names.code(name))
    return all.intern(endKind.service, cluster, service)
  }
}

/** The service a row names, by its own labels or by what its host's FQDN says. */
export function serviceNamed(
  rows: Rows,
  row: number,
  { names, services }: Codebook,
): { readonly namespace: string; readonly name: string } {
  const service = rows.service[row] ?? unknown
  if (service >= 0) {
    return {
      namespace: names.text(services.at(service, 0)),
      name: names.text(services.at(service, 1)),
    }
  }
  const host = names.text(rows.host[row] ?? unknown)
  const [name = '', namespace = '', marker] = host.split('.')
  return marker === 'svc' ? { namespace, name } : { namespace: '', name: host }
}

/** Who calls whom by rows that know both ends: unique partners of a named workload. */
function pairsOf(rows: Rows, source: Int32Array, target: Int32Array) {
  const bySource = new Tuples()
  const byTarget = new Tuples()
  const targets: number[] = []
  const sources: number[] = []
  const note = (list: number[], at: number, end: number) => {
    const before = list[at]
    list[at] = before === undefined || before === end ? end : several
  }
  for (let row = 0; row < rows.count; row++) {
    const from = source[row] ?? unknown
    const to = target[row] ?? unknown
    if (from === unknown || to === unknown) continue
    note(targets, bySource.intern(from, rows.target[row] ?? unknown), to)
    note(sources, byTarget.intern(rows.source[row] ?? unknown, to), from)
  }
  return {
    /** The end that a source is known to call by that name. */
    targets: (from: number, name: number) => targets[bySource.find(from, name)] ?? several,
    /** The end of that name that is known to call a target. */
    sources: (name: number, to: number) => sources[byTarget.find(name, to)] ?? several,
  }
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^[\da-fA-F]*:[\da-fA-F:]+$/.test(name)
}
