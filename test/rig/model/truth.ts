import type { Graph, GraphEdge, GraphNode, GraphResponse } from '../../../main/traffic/index.ts'
import { nodeId } from '../../../main/mesh/index.ts'
import { basisRates, dot } from './clock.ts'
import type { Branch, Flow } from './flows.ts'
import { durationBoundsMs, histogramQuantile, shareBelow } from './latency.ts'
import type { Model } from './model.ts'
import { principal, reporters, responseSize, sourceView } from './series.ts'
import type { ModelWorkload } from './topology.ts'

/** What a right answer looks like: a graph, but for the verdicts on health, which are the product's. */
export interface TruthGraph extends Pick<Graph, 'at' | 'windowSeconds'> {
  readonly clusters: readonly string[]
  readonly nodes: readonly TruthNode[]
  readonly edges: readonly GraphEdge[]
}

export type TruthNode = Pick<
  GraphNode,
  'id' | 'kind' | 'cluster' | 'namespace' | 'name' | 'app' | 'version'
>

interface EdgeSum {
  readonly source: string
  readonly target: string
  readonly protocol: GraphEdge['protocol']
  responses: Map<string, { code: string; flags: string; rate: number; hosts: Set<string> }>
  /** Body (or TCP) bytes as destinations counted them, and as only sources did. */
  readonly answeredBytes: { sent: number; received: number; rate: number }
  readonly sentBytes: { sent: number; received: number; rate: number }
  secureRate: number
  knownRate: number
  readonly principals: { source: Set<string>; destination: Set<string> }
  /** Cumulative bucket rates as the destination saw them, and as only the source did. */
  readonly answeredBuckets: number[]
  readonly sentBuckets: number[]
}

/** What the one who shows the graph has to go by. */
export interface TruthOptions {
  /** False where only telemetry is at hand: then gateways look like any workload. True unless told. */
  readonly objects?: boolean
}

/**
 * The graph a product must show for a window that ends at a time, computed
 * from the flows themselves and not from any series: every edge once, rates
 * over exactly that window.
 */
export function modelTruth(
  model: Model,
  atMs: number,
  windowSeconds: number,
  { objects = true }: TruthOptions = {},
): TruthGraph {
  const { clock } = model.topology
  const basis = basisRates(clock, atMs, windowSeconds)
  const phaseCount = clock.phases.length
  const edges = new Map<string, EdgeSum>()
  const nodes = new Map<string, TruthNode>()
  for (const flow of model.flows) {
    if (isWaypointHop(flow)) continue
    const rates = flow.branches.map((branch) => ({ branch, rate: dot(branch.rate, basis) }))
    const told = rates.filter(({ branch, rate }) => rate > 0 && reporters(flow, branch).length > 0)
    if (told.length === 0) continue
    const source = sourceNode(flow, objects)
    const target = targetNode(flow, objects)
    nodes.set(source.id, source).set(target.id, target)
    const key = `${source.id} ${target.id} ${flow.call.protocol}`
    const edge = edges.get(key) ?? newEdge(source.id, target.id, flow.call.protocol)
    edges.set(key, edge)
    for (const { branch, rate } of told) {
      addResponse(edge, flow, branch, rate)
      addSecurity(edge, flow, branch, rate)
      addBuckets(edge, flow, branch, basis, phaseCount)
    }
  }
  return {
    at: new Date(atMs).toISOString(),
    windowSeconds,
    clusters: model.topology.clusters.map(({ name }) => name),
    nodes: [...nodes.values()].toSorted((a, b) => compare(a.id, b.id)),
    edges: [...edges.values()].map(finished).toSorted((a, b) => compare(edgeKey(a), edgeKey(b))),
  }
}

/** What ztunnels tell of the way to and from a waypoint, which tells of the whole way itself. */
function isWaypointHop({ source, target, call }: Flow): boolean {
  return call.via === 'ztunnel' && [source, target].some((side) => side?.role === 'waypoint')
}

/** What makes an edge the same edge. */
export function edgeKey(edge: Pick<GraphEdge, 'source' | 'target' | 'protocol'>): string {
  return `${edge.source} ${edge.target} ${edge.protocol}`
}

function newEdge(source: string, target: string, protocol: GraphEdge['protocol']): EdgeSum {
  const empty = (): number[] => Array.from({ length: durationBoundsMs.length + 1 }, () => 0)
  return {
    source,
    target,
    protocol,
    responses: new Map(),
    answeredBytes: { sent: 0, received: 0, rate: 0 },
    sentBytes: { sent: 0, received: 0, rate: 0 },
    secureRate: 0,
    knownRate: 0,
    principals: { source: new Set(), destination: new Set() },
    answeredBuckets: empty(),
    sentBuckets: empty(),
  }
}

function workloadNode(workload: ModelWorkload, objects: boolean): TruthNode {
  const { cluster, namespace, name, app, version } = workload
  const isGateway = workload.role === 'gateway' || workload.role === 'waypoint'
  const kind = objects && isGateway ? 'gateway' : 'workload'
  return {
    id: nodeId(kind, cluster, namespace, name),
    kind,
    cluster,
    namespace,
    name,
    app,
    version,
  }
}

function bareNode(
  kind: TruthNode['kind'],
  cluster: string,
  namespace: string,
  name: string,
): TruthNode {
  const id = nodeId(kind, cluster, namespace, name)
  return { id, kind, cluster, namespace, name, app: null, version: null }
}

/** A client nobody knows is drawn beside the cluster that it calls. */
function sourceNode({ source, target }: Flow, objects: boolean): TruthNode {
  return source
    ? workloadNode(source, objects)
    : bareNode('external', target?.cluster ?? '', '', 'unknown')
}

/** A service that never answered, or a host outside, is drawn in the cluster of who called it. */
function targetNode({ source, target, service, call }: Flow, objects: boolean): TruthNode {
  if (target) return workloadNode(target, objects)
  const cluster = source?.cluster ?? ''
  if (service) return bareNode('service', cluster, service.namespace, service.name)
  const name = call.destination.kind === 'passthrough' ? 'PassthroughCluster' : 'BlackHoleCluster'
  return bareNode('external', cluster, '', name)
}

function addResponse(edge: EdgeSum, flow: Flow, branch: Branch, rate: number): void {
  const { call, service } = flow
  const bytes = isAnswered(flow, branch) ? edge.answeredBytes : edge.sentBytes
  bytes.rate += rate
  bytes.sent += rate * call.requestBytes
  bytes.received += rate * responseSize(call, branch)
  if (call.protocol === 'tcp') return
  const code = branch.code === '0' ? '-' : (branch.grpcStatus ?? branch.code)
  const key = `${code} ${branch.flags}`
  const response = edge.responses.get(key) ?? {
    code,
    flags: branch.flags,
    rate: 0,
    hosts: new Set(),
  }
  response.rate += rate
  const host = call.destination.kind === 'service' ? service?.host : call.destination.host
  if (host !== undefined) response.hosts.add(host)
  edge.responses.set(key, response)
}

/** Whether the destination's side tells of it, or only the source's. */
function isAnswered(flow: Flow, branch: Branch): boolean {
  return reporters(flow, branch).some(({ reporter }) => reporter !== 'source')
}

/** A sidecar's source account never knows how the connection was secured; ztunnel's does. */
function addSecurity(edge: EdgeSum, flow: Flow, branch: Branch, rate: number): void {
  if (!isAnswered(flow, branch) && flow.call.via !== 'ztunnel') return
  edge.knownRate += rate
  if (!flow.secure) return
  edge.secureRate += rate
  if (!flow.source || !flow.target) return
  edge.principals.source.add(principal(flow.source))
  edge.principals.destination.add(principal(flow.target))
}

function addBuckets(
  edge: EdgeSum,
  flow: Flow,
  branch: Branch,
  basis: Float64Array,
  phaseCount: number,
): void {
  if (flow.call.protocol === 'tcp') return
  const answered = isAnswered(flow, branch)
  const buckets = answered ? edge.answeredBuckets : edge.sentBuckets
  const profiles = answered ? flow.latency : sourceView(flow, branch)
  for (const [index, part] of branch.rate.entries()) {
    const rate = part * (basis[index] ?? 0)
    const seen = profiles[index % phaseCount]
    if (rate <= 0 || !seen) continue
    for (const [bucket, bound] of durationBoundsMs.entries())
      buckets[bucket] = (buckets[bucket] ?? 0) + rate * shareBelow(seen, bound)
    const last = durationBoundsMs.length
    buckets[last] = (buckets[last] ?? 0) + rate
  }
}

function finished(edge: EdgeSum): GraphEdge {
  const responses: GraphResponse[] = [...edge.responses.values()]
    .map((response) => ({ ...response, hosts: [...response.hosts].toSorted(compare) }))
    .toSorted((a, b) => compare(`${a.code} ${a.flags}`, `${b.code} ${b.flags}`))
  const total = responses.reduce((sum, { rate }) => sum + rate, 0)
  const failed = responses.reduce(
    (sum, response) => sum + (isError(edge.protocol, response.code) ? response.rate : 0),
    0,
  )
  const tcp = edge.protocol === 'tcp'
  const answered = edge.answeredBytes.rate > 0
  const { sent, received } = answered ? edge.answeredBytes : edge.sentBytes
  const quantile = (q: number): number | null => {
    const value = histogramQuantile(
      q,
      durationBoundsMs,
      answered ? edge.answeredBuckets : edge.sentBuckets,
    )
    return Number.isNaN(value) ? null : value
  }
  return {
    source: edge.source,
    target: edge.target,
    protocol: edge.protocol,
    requestRate: tcp ? null : total,
    errorRatio: tcp ? null : failed / total,
    bytesPerSecond: { sent, received },
    latencyMs: { p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99) },
    mtls: {
      ratio: edge.knownRate > 0 ? edge.secureRate / edge.knownRate : null,
      sourcePrincipals: [...edge.principals.source].toSorted(compare),
      destinationPrincipals: [...edge.principals.destination].toSorted(compare),
    },
    responses,
  }
}

/** An HTTP 5xx, a gRPC status other than 0, or no response. */
function isError(protocol: GraphEdge['protocol'], code: string): boolean {
  if (code === '-') return true
  return protocol === 'grpc' ? code !== '0' : code.startsWith('5')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
