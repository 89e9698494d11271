import type { Clock } from './clock.ts'
import type {
  ByPhase,
  Call,
  Entry,
  ModelCluster,
  ModelNamespace,
  ModelService,
  ModelWorkload,
  Outcome,
  Protocol,
  Route,
  Topology,
} from './topology.ts'

/** What a workload needs said; the rest has sensible defaults. */
export type WorkloadSpec = Pick<ModelWorkload, 'cluster' | 'namespace' | 'app'> &
  Partial<Omit<ModelWorkload, 'cluster' | 'namespace' | 'app'>>

/** What a call needs said; the rest has sensible defaults. */
export type CallSpec = Pick<Call, 'source' | 'demand' | 'destination'> & {
  readonly protocol?: Protocol
  readonly routes: readonly (Pick<Route, 'target'> & Partial<Route>)[]
} & Partial<Pick<Call, 'plaintextShare' | 'via' | 'requestBytes' | 'responseBytes'>>

/** Collects a topology piece by piece; workloads and services are named by the index they get. */
export interface TopologyBuilder {
  namespace(cluster: string, name: string, mode: ModelNamespace['mode']): void
  workload(spec: WorkloadSpec): number
  /** A Service over all workloads of the app in that namespace, in the clusters where they are. */
  service(spec: {
    mesh: string
    namespace: string
    name: string
    protocol: Protocol
    port: number
    clusters: readonly string[]
  }): number
  /** A host outside the mesh, known to it by a ServiceEntry. */
  externalService(
    mesh: string,
    namespace: string,
    host: string,
    clusters: readonly string[],
  ): number
  entry(entry: Entry): void
  call(spec: CallSpec): void
  build(): Topology
}

/** Starts an empty topology. */
export function createBuilder(clusters: readonly ModelCluster[], clock: Clock): TopologyBuilder {
  const namespaces = new Map<string, ModelNamespace>()
  const workloads: ModelWorkload[] = []
  const services: ModelService[] = []
  const entries: Entry[] = []
  const calls: Call[] = []
  return {
    namespace(cluster, name, mode) {
      namespaces.set(`${cluster}/${name}`, { cluster, name, mode })
    },
    workload(spec) {
      const version = spec.version ?? 'v1'
      const mode = namespaces.get(`${spec.cluster}/${spec.namespace}`)?.mode ?? 'sidecar'
      return (
        workloads.push({
          name: `${spec.app}-${version}`,
          version,
          serviceAccount: spec.app,
          kubernetesKind: 'Deployment',
          role: 'workload',
          dataPlane: mode,
          replicas: 1,
          ownLatencyMs: 8,
          latencySigma: 0.6,
          ...spec,
        }) - 1
      )
    },
    service({ mesh, namespace, name, protocol, port, clusters: where }) {
      return (
        services.push({
          mesh,
          namespace,
          name,
          kind: 'Service',
          host: `${name}.${namespace}.svc.cluster.local`,
          app: name,
          ports: [{ name: protocol, port, protocol }],
          clusters: where,
        }) - 1
      )
    },
    externalService(mesh, namespace, host, where) {
      return (
        services.push({
          mesh,
          namespace,
          name: host,
          kind: 'ServiceEntry',
          host,
          app: host,
          ports: [{ name: 'http', port: 80, protocol: 'http' }],
          clusters: where,
        }) - 1
      )
    },
    entry(entry) {
      entries.push(entry)
    },
    call(spec) {
      calls.push({
        protocol: 'http',
        plaintextShare: 0,
        via: 'proxies',
        requestBytes: 620,
        responseBytes: 4200,
        ...spec,
        routes: spec.routes.map((route) => ({
          share: 1,
          outcomes: [],
          unknownCluster: null,
          ...route,
        })),
      })
    },
    build: () => ({
      clusters,
      clock,
      namespaces: [...namespaces.values()],
      workloads,
      services,
      entries,
      calls,
    }),
  }
}

/** An answer of the application itself, which both proxies see. */
export function answered(code: string, share: ByPhase, grpcStatus: string | null = null): Outcome {
  return { code, grpcStatus, flags: '-', share, seenBy: 'both' }
}

/** An end that only the caller's proxy saw: the request never arrived. */
export function notArrived(
  flags: string,
  share: ByPhase,
  protocol: Protocol = 'http',
  code = '503',
): Outcome {
  return protocol === 'grpc'
    ? { code: '200', grpcStatus: '14', flags, share, seenBy: 'source' }
    : { code, grpcStatus: null, flags, share, seenBy: 'source' }
}

/** The caller hung up before an answer: both proxies count code 0. */
export function hungUp(share: ByPhase): Outcome {
  return { code: '0', grpcStatus: null, flags: 'DC', share, seenBy: 'both' }
}
