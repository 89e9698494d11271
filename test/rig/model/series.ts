import type { Branch, Flow } from './flows.ts'
import type { LatencyProfile } from './latency.ts'
import type { ModelCluster, ModelWorkload } from './topology.ts'

/** Whose proxy counts. */
export type Reporter = 'source' | 'destination' | 'waypoint'

/**
 * What one proxy tells of requests (or TCP connections) that end alike: one
 * series of every metric of its family.
 */
export interface SeriesGroup {
  /** The cluster whose Prometheus holds it. */
  readonly cluster: string
  readonly family: 'requests' | 'tcp'
  /** Istio's labels, and `pod`, `namespace` and `app` of the reporting proxy as a scrape adds them. */
  readonly labels: Readonly<Record<string, string>>
  /** Requests or connections per second, as coefficients of the clock's basis. */
  readonly rate: Float64Array
  /** By phase. */
  readonly latency: readonly LatencyProfile[]
  /** Bodies of HTTP and gRPC; whole connections for TCP. */
  readonly requestBytes: number
  readonly responseBytes: number
  readonly grpc: boolean
}

/** The series every proxy of the flow would export: source's and destination's account, each in its own cluster. */
export function flowSeries(flow: Flow, clusters: ReadonlyMap<string, ModelCluster>): SeriesGroup[] {
  return flow.branches.flatMap((branch) =>
    reporters(flow, branch).flatMap(({ reporter, proxy }) => {
      const labels = istioLabels(flow, branch, reporter, clusters)
      const podCount = Math.max(1, Math.min(2, proxy.replicas))
      return Array.from({ length: podCount }, (_, pod) => ({
        cluster: proxy.cluster,
        family: flow.call.protocol === 'tcp' ? ('tcp' as const) : ('requests' as const),
        labels: { ...labels, ...scrapeLabels(proxy, flow, pod) },
        rate: podCount === 1 ? branch.rate : branch.rate.map((part) => part / podCount),
        latency: reporter === 'source' ? sourceView(flow, branch) : flow.latency,
        requestBytes: flow.call.requestBytes,
        responseBytes: responseSize(flow.call, branch),
        grpc: flow.call.protocol === 'grpc',
      }))
    }),
  )
}

/** Which proxies count this branch, and whose proxy each of them is. */
export function reporters(
  { source, target, call }: Pick<Flow, 'source' | 'target' | 'call'>,
  branch: Pick<Branch, 'seenBy'>,
): { reporter: Reporter; proxy: ModelWorkload }[] {
  const told: { reporter: Reporter; proxy: ModelWorkload }[] = []
  if (call.via === 'waypoint') {
    if (target) told.push({ reporter: 'waypoint', proxy: target })
    return told
  }
  const speaks = (side: ModelWorkload | null): side is ModelWorkload =>
    side !== null &&
    (call.via === 'ztunnel' ? side.dataPlane === 'ambient' : side.dataPlane === 'sidecar')
  const gatewaySends = call.via === 'proxies' && source?.dataPlane === 'gateway'
  if (source && (gatewaySends || speaks(source))) told.push({ reporter: 'source', proxy: source })
  if (speaks(target) && branch.seenBy === 'both')
    told.push({ reporter: 'destination', proxy: target })
  return told
}

/** Bytes of an answer: the application's, or the few a proxy says instead. */
export function responseSize(call: Flow['call'], branch: Pick<Branch, 'seenBy'>): number {
  return branch.seenBy === 'source' && call.protocol !== 'tcp' ? 90 : call.responseBytes
}

/** The identity a workload's certificate carries. */
export function principal(workload: ModelWorkload): string {
  return `spiffe://cluster.local/ns/${workload.namespace}/sa/${workload.serviceAccount}`
}

function istioLabels(
  flow: Flow,
  branch: Branch,
  reporter: Reporter,
  clusters: ReadonlyMap<string, ModelCluster>,
): Record<string, string> {
  const { source, target, call } = flow
  const sourceKnown = flow.unknownCluster === 'source' && reporter === 'destination' ? null : source
  const targetKnown = flow.unknownCluster === 'destination' && reporter === 'source' ? null : target
  const clusterOf = (side: ModelWorkload | null): string =>
    (side && clusters.get(side.cluster)?.istioClusterId) ?? 'unknown'
  const mutual = flow.secure && source !== null && target !== null
  return {
    reporter,
    ...sideLabels('source', source, clusterOf(sourceKnown), mutual),
    ...sideLabels('destination', target, clusterOf(targetKnown), mutual),
    ...serviceLabels(flow),
    request_protocol: call.protocol,
    ...(call.protocol === 'tcp' ? {} : { response_code: branch.code }),
    ...(branch.grpcStatus === null ? {} : { grpc_response_status: branch.grpcStatus }),
    response_flags: branch.flags,
    connection_security_policy:
      reporter === 'source' && call.via !== 'ztunnel'
        ? 'unknown'
        : flow.secure
          ? 'mutual_tls'
          : 'none',
  }
}

function sideLabels(
  side: 'source' | 'destination',
  workload: ModelWorkload | null,
  cluster: string,
  secure: boolean,
): Record<string, string> {
  return {
    [`${side}_workload`]: workload?.name ?? 'unknown',
    [`${side}_canonical_service`]: workload?.app ?? 'unknown',
    [`${side}_canonical_revision`]: workload?.version ?? 'latest',
    [`${side}_workload_namespace`]: workload?.namespace ?? 'unknown',
    [`${side}_principal`]: workload && secure ? principal(workload) : 'unknown',
    [`${side}_app`]: workload?.app ?? 'unknown',
    [`${side}_version`]: workload?.version ?? 'unknown',
    [`${side}_cluster`]: cluster,
  }
}

function serviceLabels({ call, service, target, source }: Flow): Record<string, string> {
  const { destination } = call
  if (destination.kind !== 'service')
    return {
      destination_service: destination.host,
      destination_service_name:
        destination.kind === 'passthrough' ? 'PassthroughCluster' : 'BlackHoleCluster',
      destination_service_namespace: 'unknown',
    }
  return {
    destination_service: service?.host ?? 'unknown',
    destination_service_name: service?.name ?? 'unknown',
    destination_service_namespace:
      service?.namespace ?? target?.namespace ?? source?.namespace ?? 'unknown',
  }
}

function scrapeLabels(proxy: ModelWorkload, flow: Flow, pod: number): Record<string, string> {
  if (flow.call.via === 'ztunnel')
    return {
      app: 'ztunnel',
      namespace: 'istio-system',
      pod: `ztunnel-${podSuffix(proxy.cluster, 0)}`,
    }
  if (flow.call.via === 'waypoint')
    return {
      app: 'waypoint',
      namespace: proxy.namespace,
      pod: `waypoint-${podSuffix(proxy.namespace, 0)}`,
    }
  return {
    app: proxy.app,
    namespace: proxy.namespace,
    pod: `${proxy.name}-${podSuffix(proxy.name + proxy.namespace, pod)}`,
  }
}

/** A made-up, stable ending as a ReplicaSet would give: nobody may rely on it. */
function podSuffix(seed: string, pod: number): string {
  let hash = 2166136261 + pod * 97
  for (const letter of seed) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0
  return hash.toString(36).padStart(7, 'x').slice(-7)
}

/** By phase: the source waits for the wire too, and briefly where nothing answered. */
export function sourceView(
  flow: Pick<Flow, 'latency' | 'networkMs'>,
  branch: Pick<Branch, 'seenBy'>,
): readonly LatencyProfile[] {
  return flow.latency.map(({ medianMs, sigma }) =>
    branch.seenBy === 'source'
      ? { medianMs: 2 + flow.networkMs, sigma: 0.5 }
      : { medianMs: medianMs + flow.networkMs, sigma },
  )
}
