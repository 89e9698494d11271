import type { MeshModel, Workload } from '../mesh/index.ts'
import { countedRows, dropWaypointHops } from './accounts.ts'
import type { Agreement, CountedPart, Part, Passage } from './accounts.ts'
import { clusterNames } from './clusters.ts'
import { addBodies, addRequests, addTcp, edgeSums, graphEdges } from './edges.ts'
import { endKind, placeEnds, whereabouts } from './ends.ts'
import { frontsOf } from './fronts.ts'
import type { Graph, GraphCluster, GraphNode } from './graph.ts'
import { judgeReplicas, judgeRequests, withoutRequests, worst } from './health.ts'
import type { GraphInput } from './input.ts'
import { names, tuples } from './intern.ts'
import { latencyOf, latencyValues } from './latency.ts'
import { canonicalNames, groupNodes, type NodeDraft } from './nodes.ts'
import { codebook, readRows, tablesOf, type AnswerTable } from './rows.ts'
import { defaultTolerances } from './tolerance.ts'

/** Makes the one map of a fleet from what its telemetry and its objects say. */
export function buildGraph(input: GraphInput): Graph {
  const { answers, model, windowSeconds } = input
  const book = codebook(names())
  const clusters = clusterNames(answers, model)
  const all = tuples()
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
  const protocolOf = (response: number) => book.responses.at(response, 0)
  const count = (part: Part, agreement: Agreement): CountedPart => ({
    ...part,
    counted: countedRows(part.rows, part.ends, agreement, protocolOf, passage),
  })
  const requests = count(hops, 'hostAndResponse')
  const tcp = count(tcpHops, 'ends')
  const bodies = count(
    read(
      tablesOf(answers, ({ bytes }) => bytes?.bytes),
      ['sentRate', 'receivedRate'],
    ),
    'protocol',
  )
  const quantiles = count(
    read(
      tablesOf(answers, ({ latency }) => latency?.latency),
      latencyValues,
    ),
    'protocol',
  )

  const by = input.by ?? 'workload'
  const nodes = groupNodes(
    all,
    book,
    workloads.of,
    canonicalNames([requests, tcp], book),
    by,
    by === 'service' ? frontsOf([requests, tcp], book) : (end) => end,
  )
  const sums = edgeSums()
  addRequests(sums, requests, nodes.of, book)
  addTcp(sums, tcp, nodes.of)
  addBodies(sums, bodies, nodes.of, book)
  const latency = latencyOf(sums, quantiles, nodes.of, book)
  for (const end of workloads.inMesh()) nodes.of(end)

  const requestCounts = judgeRequests(
    sums,
    nodes.drafts.length,
    book,
    input.tolerances ?? defaultTolerances,
    windowSeconds,
  )
  const judged = nodes.drafts.map((draft, node) => {
    const hasTelemetry = clusters.answering.has(draft.cluster)
    return graphNode(draft, requestCounts.reasons(node), hasTelemetry, windowSeconds)
  })
  const byId = judged.map((_, node) => node)
  const idOf = (node: number) => judged[node]?.id ?? ''
  byId.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  return {
    at: new Date(input.atMs).toISOString(),
    windowSeconds,
    clusters: withAnswering(input.clusters, clusters.answering),
    nodes: byId.flatMap((node) => judged[node] ?? []),
    edges: graphEdges(sums, orderEdges(), idOf, latency, book),
  }

  /** Edges by their nodes' ids and protocol, without comparing strings again. */
  function orderEdges(): readonly number[] {
    const rank = new Float64Array(byId.length)
    byId.forEach((node, at) => (rank[node] = at))
    const count = sums.edges.size
    const keys = new Float64Array(count)
    for (let edge = 0; edge < count; edge++) {
      const from = rank[sums.edges.at(edge, 0)] ?? 0
      const to = rank[sums.edges.at(edge, 1)] ?? 0
      keys[edge] = (from * byId.length + to) * 4 + sums.edges.at(edge, 2)
    }
    return Array.from(keys, (_, edge) => edge).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
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
  requests: GraphNode['health']['reasons'],
  hasTelemetry: boolean,
  windowSeconds: number,
): GraphNode {
  const { workloads, ...node } = draft
  const replicas = workloads.flatMap((workload) => judgeReplicas(workload) ?? [])
  const own = requests.length > 0 ? requests : [withoutRequests(hasTelemetry, windowSeconds)]
  return { ...node, health: worst([...own, ...replicas]) }
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
