import type { MeshModel, Workload } from '../mesh/index.ts'
import { chooseAccounts, dropWaypointHops } from './accounts.ts'
import type { Agreement, Part, Passage } from './accounts.ts'
import { clusterNames } from './clusters.ts'
import { addBytes, addRequests, edgeSums, graphEdges, type EdgeSums } from './edges.ts'
import { endKind, placeEnds, whereabouts } from './ends.ts'
import { frontsOf } from './fronts.ts'
import type { Graph, GraphCluster, GraphNode, HealthReason } from './graph.ts'
import { judgeReplicas, RequestJudge, withoutRequests, worst } from './health.ts'
import type { GraphInput } from './input.ts'
import { Names, Tuples } from './intern.ts'
import { latencyOf, latencyValues } from './latency.ts'
import { CanonicalNames, Nodes, type NodeDraft } from './nodes.ts'
import { codebook, protocols, readRows, tablesOf, type AnswerTable } from './rows.ts'
import { defaultTolerances } from './tolerance.ts'

/** Makes the one map of a fleet from what its telemetry and its objects say. */
export function buildGraph(input: GraphInput): Graph {
  const { answers, model, windowSeconds } = input
  const book = codebook(new Names())
  const clusters = clusterNames(answers, model)
  const all = new Tuples()
  const places = whereabouts(model)
  const workloads = modelEnds(model)
  const read = (tables: readonly AnswerTable[], values: readonly string[], protocol?: 'tcp') => {
    const rows = readRows(tables, book, clusters, values, protocol)
    return { rows, ends: placeEnds(rows, all, book, clusters, places) }
  }
  const hops = read(
    tablesOf(answers, ({ edges }) => edges.requests),
    ['rate'],
  )
  const tcpHops = read(
    tablesOf(answers, ({ edges }) => edges.tcp),
    ['sentRate', 'receivedRate'],
    'tcp',
  )
  const isWaypoint = (end: number) => workloads.of(end)?.role === 'waypoint'
  const waypoints = dropWaypointHops(hops, tcpHops, isWaypoint)
  const passage: Passage = {
    isBetween: (end) =>
      isWaypoint(end) || waypoints.has(end) || workloads.of(end)?.role === 'gateway',
  }
  const choose = (part: Part, agreement: Agreement) =>
    chooseAccounts(part, agreement, book, passage)
  const requests = choose(hops, 'hostAndResponse')
  const tcp = choose(tcpHops, 'protocol')
  const bodies = choose(
    read(
      tablesOf(answers, ({ bytes }) => bytes?.bytes),
      ['sentRate', 'receivedRate'],
    ),
    'protocol',
  )
  const quantiles = choose(
    read(
      tablesOf(answers, ({ latency }) => latency?.latency),
      latencyValues,
    ),
    'protocol',
  )

  const by = input.by ?? 'workload'
  const canonical = new CanonicalNames(book)
  for (const part of [requests, tcp]) canonical.read(part)
  const nodes = new Nodes(all, book, {
    by,
    canonical,
    workloadOf: workloads.of,
    frontOf: by === 'service' ? frontsOf([requests, tcp], book) : (end) => end,
  })
  const sums = edgeSums(requests, tcp)
  addRequests(sums, requests, nodes, book)
  addBytes(sums, tcp, nodes, 'add')
  addBytes(sums, bodies, nodes, 'attach')
  const latency = latencyOf(sums, quantiles, nodes)
  for (const end of workloads.inMesh()) nodes.of(end)

  const judge = new RequestJudge(
    sums,
    nodes.drafts.length,
    book,
    input.tolerances ?? defaultTolerances,
    windowSeconds,
  )
  const judged = nodes.drafts.map((draft, node) => {
    const hasTelemetry = clusters.answering.has(draft.cluster)
    return graphNode(draft, judge.reasons(node), hasTelemetry, windowSeconds)
  })
  const ids = judged.map(({ id }) => id)
  const byId = new Map(ids.map((id, node) => [id, node]))
  const ordered = ids.toSorted().flatMap((id) => byId.get(id) ?? [])
  return {
    at: new Date(input.atMs).toISOString(),
    windowSeconds,
    clusters: withAnswering(input.clusters, clusters.answering),
    nodes: ordered.flatMap((node) => judged[node] ?? []),
    edges: graphEdges(sums, orderEdges(sums, ordered), ids, latency, book),
  }

  /** The objects' workloads as ends, so that telemetry's ends find them. */
  function modelEnds(from: MeshModel | null) {
    const byEnd: (Workload | undefined)[] = []
    for (const workload of from?.workloads ?? []) {
      const namespace = book.names.code(workload.namespace)
      const pair = book.workloads.intern(namespace, book.names.code(workload.name))
      byEnd[all.intern(endKind.workload, book.names.code(workload.cluster), pair)] = workload
    }
    return {
      of: (end: number) => byEnd[end],
      /** Those that belong on a map even when nothing flows. */
      inMesh: () =>
        byEnd.flatMap((workload, end) =>
          workload !== undefined &&
          workload.dataPlane !== 'none' &&
          (workload.role === 'workload' || workload.role === 'gateway')
            ? [end]
            : [],
        ),
    }
  }
}

function graphNode(
  draft: NodeDraft,
  requests: HealthReason[],
  hasTelemetry: boolean,
  windowSeconds: number,
): GraphNode {
  const reasons = requests.length > 0 ? requests : [withoutRequests(hasTelemetry, windowSeconds)]
  for (const workload of draft.workloads) {
    const replicas = judgeReplicas(workload)
    if (replicas !== null) reasons.push(replicas)
  }
  return {
    id: draft.id,
    kind: draft.kind,
    cluster: draft.cluster,
    namespace: draft.namespace,
    name: draft.name,
    app: draft.app,
    version: draft.version,
    kubernetesKind: draft.kubernetesKind,
    health: worst(reasons),
  }
}

/** The clusters the caller names, and those only telemetry's labels told of. */
function withAnswering(
  named: readonly GraphCluster[],
  answering: ReadonlySet<string>,
): readonly GraphCluster[] {
  const known = new Set(named.map(({ name }) => name))
  const found = [...answering].filter((name) => !known.has(name)).sort()
  return [...named, ...found.map((name) => ({ name, state: 'ready', ageSeconds: 0 }))]
}

/** Edges by their nodes' order and protocol, without comparing ids again. */
function orderEdges({ edges }: EdgeSums, nodes: readonly number[]): Int32Array {
  const rank = new Int32Array(nodes.length)
  for (let at = 0; at < nodes.length; at++) rank[nodes[at] ?? 0] = at
  const source = new Int32Array(edges.size)
  const target = new Int32Array(edges.size)
  const protocol = new Int32Array(edges.size)
  const all = new Int32Array(edges.size)
  for (let edge = 0; edge < edges.size; edge++) {
    all[edge] = edge
    source[edge] = rank[edges.at(edge, 0)] ?? 0
    target[edge] = rank[edges.at(edge, 1)] ?? 0
    protocol[edge] = edges.at(edge, 2)
  }
  const byTarget = sortByRank(sortByRank(all, protocol, protocols.length), target, nodes.length)
  return sortByRank(byTarget, source, nodes.length)
}

/** Sorts by rank, which is below `ranks`; what is equal stays in its order. */
function sortByRank(list: Int32Array, rankOf: Int32Array, ranks: number): Int32Array {
  const starts = new Int32Array(ranks + 1)
  for (const one of list) {
    const next = (rankOf[one] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let rank = 0; rank < ranks; rank++) {
    starts[rank + 1] = (starts[rank + 1] ?? 0) + (starts[rank] ?? 0)
  }
  const sorted = new Int32Array(list.length)
  for (const one of list) {
    const rank = rankOf[one] ?? 0
    const place = starts[rank] ?? 0
    sorted[place] = one
    starts[rank] = place + 1
  }
  return sorted
}
