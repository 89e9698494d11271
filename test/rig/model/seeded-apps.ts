import { answered, hungUp, notArrived } from './builder.ts'
import type { TopologyBuilder } from './builder.ts'
import type { Random } from './random.ts'
import type { ModelCluster, Outcome, Protocol } from './topology.ts'

/** One mesh to grow. */
export interface MeshPlan {
  readonly mesh: string
  readonly clusters: readonly ModelCluster[]
  readonly workloads: number
  readonly edgesPerWorkload: number
  readonly random: Random
  readonly demandPerSecond: number
}

/** One app: its Service and its workloads. */
export interface App {
  readonly namespace: string
  readonly name: string
  readonly protocol: Protocol
  readonly ambient: boolean
  readonly service: number
  readonly workloads: readonly Placed[]
  /** How this app's own requests end badly, decided once so that the places are known. */
  readonly outcomes: readonly Outcome[]
}

/** A workload by its index in the topology. */
export interface Placed {
  readonly index: number
  readonly cluster: string
  /** True where another cluster has a workload of the same namespace and name. */
  readonly twin: boolean
}

const nouns = [
  'account',
  'basket',
  'billing',
  'catalog',
  'claims',
  'courier',
  'credit',
  'depot',
  'feed',
  'geo',
  'invoice',
  'ledger',
  'media',
  'notify',
  'offer',
  'pricing',
  'profile',
  'quote',
  'ranking',
  'search',
  'session',
  'stock',
  'tariff',
  'voucher',
]

/** Apps of the mesh, callers tending to come first, until the number of workloads is reached. */
export function growApps(builder: TopologyBuilder, plan: MeshPlan, wanted: number): readonly App[] {
  const { mesh, clusters, random } = plan
  const namespaceCount = Math.max(2, Math.round(wanted / 40))
  const ambientWanted = Math.max(4, Math.round(wanted * 0.05))
  const home = clusters[0]
  if (!home) throw new Error('a mesh needs a cluster')
  for (const cluster of clusters)
    for (let index = 0; index < namespaceCount; index++)
      builder.namespace(cluster.name, namespaceName(index), 'sidecar')
  builder.namespace(home.name, 'ambient', 'ambient')

  const apps: App[] = []
  // Two places are kept for the waypoint and ztunnel of the ambient namespace.
  let left = wanted - 2
  while (left > 0) {
    const ambient = left <= ambientWanted
    const floor = ambient ? 0 : ambientWanted
    const progress = 1 - left / wanted
    const protocol = pickProtocol(random, progress, ambient)
    const name = `${random.pick(nouns)}-${apps.length}`
    const namespace = ambient ? 'ambient' : namespaceName(random.integer(0, namespaceCount - 1))
    const first = random.pick(clusters)
    const second = clusters[(clusters.indexOf(first) + 1) % clusters.length] ?? first
    const where = ambient
      ? [home]
      : random.chance(0.25) && second !== first
        ? [first, second]
        : [first]
    const versions = protocol === 'tcp' ? 1 : random.chance(0.1) ? 3 : random.chance(0.2) ? 2 : 1
    const workloads: Placed[] = []
    for (const cluster of where)
      for (let version = 1; version <= versions && left > floor; version++, left--)
        workloads.push({
          cluster: cluster.name,
          twin: where.length > 1,
          index: builder.workload({
            cluster: cluster.name,
            namespace,
            app: name,
            version: `v${version}`,
            kubernetesKind: protocol === 'tcp' ? 'StatefulSet' : 'Deployment',
            ownLatencyMs: random.between(1, 30),
            latencySigma: random.between(0.4, 1),
          }),
        })
    const service = builder.service({
      mesh,
      namespace,
      name,
      protocol,
      port: protocol === 'tcp' ? 5432 : protocol === 'grpc' ? 9090 : 8080,
      clusters: [...new Set(workloads.map((workload) => workload.cluster))],
    })
    const outcomes = ambient ? [] : pickOutcomes(random, protocol)
    apps.push({ namespace, name, protocol, ambient, service, workloads, outcomes })
  }
  return apps
}

function namespaceName(index: number): string {
  return `team-${String(index + 1).padStart(2, '0')}`
}

function pickProtocol(random: Random, progress: number, ambient: boolean): Protocol {
  const draw = random.next()
  if (ambient) return 'http'
  if (progress > 0.5 && draw < 0.2) return 'tcp'
  return progress > 0.1 && draw > 0.82 ? 'grpc' : 'http'
}

function pickOutcomes(random: Random, protocol: Protocol): readonly Outcome[] {
  if (protocol === 'tcp') return []
  const draw = random.next()
  const share = random.between(0.004, 0.08)
  if (protocol === 'grpc') {
    if (draw < 0.1) return [answered('200', share, '13')]
    if (draw < 0.2) return [answered('200', share, '5')]
    return draw < 0.25 ? [notArrived('UF', share, 'grpc')] : []
  }
  if (draw < 0.1) return [answered('500', share)]
  if (draw < 0.14) return [notArrived('UF', share), answered('404', 0.02)]
  if (draw < 0.17) return [notArrived('URX', share)]
  if (draw < 0.2) return [notArrived('UO', share)]
  if (draw < 0.23) return [notArrived('UT', share, 'http', '504')]
  if (draw < 0.27) return [hungUp(share)]
  return draw < 0.4 ? [answered('404', share)] : []
}
