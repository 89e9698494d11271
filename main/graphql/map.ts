import type { ClusterSnapshot, EndpointAnswer, FleetSnapshot } from '../fleet/index.ts'
import type { BytesQuestion, EdgesQuestion, Evaluation, LatencyQuestion } from '../prom/index.ts'
import {
  buildGraph,
  type Graph,
  type GraphCluster,
  type GraphGrouping,
  type TelemetryAnswer,
} from '../traffic/index.ts'
import type { Telemetry } from './telemetry.ts'
import type { FleetView } from './view.ts'

/** Which map is wanted. */
export interface MapRequest {
  readonly windowSeconds: number
  readonly by: GraphGrouping
  /** Only these namespaces and what they talk to; null for all. */
  readonly namespaces: readonly string[] | null
  /** Also percentiles. */
  readonly latency: boolean
  /** Also bytes of HTTP and gRPC bodies. */
  readonly bytes: boolean
}

/** What telemetry said at one time: with a fleet view, all that a map is drawn from. */
export interface MapAnswers {
  readonly atMs: number
  readonly edges: readonly EndpointAnswer<EdgesQuestion>[]
  readonly latency: readonly EndpointAnswer<LatencyQuestion>[]
  readonly bytes: readonly EndpointAnswer<BytesQuestion>[]
}

/** Two requests with one key want the same map. */
export function requestKey(request: MapRequest): string {
  const { windowSeconds, by, namespaces, latency, bytes } = request
  const sorted = namespaces && [...new Set(namespaces)].sort()
  return JSON.stringify([windowSeconds, by, sorted, latency, bytes])
}

/** Asks all a map needs, at once; percentiles of chosen namespaces after their edges are known. */
export async function askMap(
  telemetry: Pick<Telemetry, 'ask'>,
  view: FleetView,
  request: MapRequest,
  atMs: number,
): Promise<MapAnswers> {
  const { windowSeconds } = request
  const evaluation: Evaluation = { atMs, windowSeconds, identity: identityNeeded(view.snapshot) }
  const edges = telemetry.ask({ name: 'edges', ...evaluation })
  const bytes = request.bytes ? telemetry.ask({ name: 'bytes', ...evaluation }) : []
  const scope = async () => {
    if (request.namespaces === null) return null
    const drawn = drawMap(view, request, { atMs, edges: await edges, latency: [], bytes: [] })
    return [...new Set(drawn.nodes.map(({ namespace }) => namespace))].filter(Boolean).sort()
  }
  const latency = request.latency
    ? scope().then((destinationNamespaces) =>
        telemetry.ask({ name: 'latency', ...evaluation, destinationNamespaces }),
      )
    : []
  const [edgeAnswers, latencyAnswers, byteAnswers] = await Promise.all([edges, latency, bytes])
  return { atMs, edges: edgeAnswers, latency: latencyAnswers, bytes: byteAnswers }
}

/** Draws the map of one moment. Pure. */
export function drawMap(view: FleetView, request: MapRequest, answers: MapAnswers): Graph {
  const graph = buildGraph({
    atMs: answers.atMs,
    windowSeconds: request.windowSeconds,
    model: view.snapshot.clusters.every(isBlind) ? null : view.mesh,
    clusters: view.snapshot.clusters.map((cluster) => contribution(cluster, answers.edges)),
    answers: byEndpoint(answers),
    by: request.by,
  })
  return request.namespaces === null ? graph : around(graph, new Set(request.namespaces))
}

/** The nodes of some namespaces, what they talk to, and the edges between. */
function around(graph: Graph, namespaces: ReadonlySet<string>): Graph {
  const inside = new Set(
    graph.nodes.filter(({ namespace }) => namespaces.has(namespace)).map(({ id }) => id),
  )
  const edges = graph.edges.filter(({ source, target }) => inside.has(source) || inside.has(target))
  const shown = new Set([...inside, ...edges.flatMap(({ source, target }) => [source, target])])
  return { ...graph, edges, nodes: graph.nodes.filter(({ id }) => shown.has(id)) }
}

/** One cluster's state, and the age of what telemetry said for it. */
function contribution(
  { status }: ClusterSnapshot,
  answers: readonly EndpointAnswer<EdgesQuestion>[],
): GraphCluster {
  const ages = answers.flatMap((answer) =>
    answer.ok && answer.clusters.includes(status.name) ? [answer.ageSeconds] : [],
  )
  return {
    name: status.name,
    state: status.state,
    ageSeconds: ages.length === 0 ? null : Math.min(...ages),
  }
}

/** What each endpoint said to all questions. One that is silent about edges has nothing to add. */
function byEndpoint({ edges, latency, bytes }: MapAnswers): TelemetryAnswer[] {
  const said = <T extends { readonly endpoint: string; readonly ok: boolean }>(
    answers: readonly T[],
  ) => new Map(answers.map((answer) => [answer.endpoint, answer]))
  const latencies = said(latency)
  const byteCounts = said(bytes)
  return edges.flatMap((answer) => {
    if (!answer.ok) return []
    const { endpoint, clusters } = answer
    const timed = latencies.get(endpoint)
    const weighed = byteCounts.get(endpoint)
    return {
      endpoint,
      clusters,
      edges: answer.answer,
      ...(timed?.ok === true ? { latency: timed.answer } : {}),
      ...(weighed?.ok === true ? { bytes: weighed.answer } : {}),
    }
  })
}

/** App and version are asked of telemetry only where some cluster's objects cannot tell them. */
function identityNeeded({ clusters }: FleetSnapshot): Evaluation['identity'] {
  const cannotTell = clusters.some(
    (cluster) => isBlind(cluster) && cluster.status.telemetry.state !== 'missing',
  )
  return cannotTell || clusters.length === 0 ? 'full' : 'lean'
}

function isBlind({ objects }: ClusterSnapshot): boolean {
  return objects.Pod === undefined && objects.Deployment === undefined
}
