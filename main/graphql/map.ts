import type { EndpointAnswer, FleetSnapshot } from '../fleet/index.ts'
import type { BytesQuestion, EdgesQuestion, Evaluation, LatencyQuestion } from '../prom/index.ts'
import { buildGraph, type Graph, type GraphBy } from '../traffic/index.ts'
import type { Telemetry } from './telemetry.ts'
import type { FleetView } from './view.ts'

/** Which map is wanted. */
export interface MapRequest {
  readonly windowSeconds: number
  readonly by: GraphBy
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
  telemetry: Telemetry,
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
  return buildGraph({
    mesh: view.mesh,
    clusters: view.snapshot.clusters.map(({ status }) => status),
    ...answers,
    windowSeconds: request.windowSeconds,
    by: request.by,
    namespaces: request.namespaces,
  })
}

/** App and version are asked of telemetry only where some cluster's objects cannot tell them. */
function identityNeeded(snapshot: FleetSnapshot): Evaluation['identity'] {
  const blind = snapshot.clusters.some(
    ({ objects, status }) =>
      status.telemetry.state !== 'missing' && (objects.Pod ?? objects.Deployment) === undefined,
  )
  return blind ? 'full' : 'lean'
}
