import { answered, createBuilder, hungUp, notArrived } from './builder.ts'
import type { TopologyBuilder } from './builder.ts'
import { steadyClock } from './clock.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import type { Call, ModelCluster, Outcome, Protocol, Route, Topology } from './topology.ts'

/** What a seeded fleet is grown from. */
export interface SeededOptions {
  /** All workloads of all clusters, gateways included. */
  readonly workloads: number
  readonly clusters: readonly ModelCluster[]
  /** Mean number of workload-to-workload edges each calling workload has. */
  readonly edgesPerWorkload: number
  readonly seed: number
}

interface App {
  readonly namespace: string
  readonly name: string
  readonly protocol: Protocol
  readonly ambient: boolean
  readonly service: number
  readonly workloads: readonly Placed[]
  /** How this app's own requests end badly, decided once so that the places are known. */
  readonly outcomes: readonly Outcome[]
}

interface Placed {
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

/**
 * A fleet grown from a seed: per mesh an ingress gateway in each cluster, apps
 * of one to three versions (some in two clusters), one ambient namespace, and
 * calls that run from earlier apps to later ones. Meshes of the same shape get
 * the same names: only their rates differ.
 */
export function seededTopology(options: SeededOptions): Topology {
  const builder = createBuilder(options.clusters, steadyClock)
  const meshes = [...new Set(options.clusters.map((cluster) => cluster.mesh))]
  let left = options.workloads
  let clustersLeft = options.clusters.length
  for (const [meshIndex, mesh] of meshes.entries()) {
    const clusters = options.clusters.filter((cluster) => cluster.mesh === mesh)
    const share = Math.floor((left * clusters.length) / clustersLeft)
    left -= share
    clustersLeft -= clusters.length
    growMesh(builder, {
      mesh,
      clusters,
      workloads: share,
      edgesPerWorkload: options.edgesPerWorkload,
      random: createRandom(options.seed),
      demandPerSecond: (20 + share) * (1 + 0.37 * meshIndex),
    })
  }
  return builder.build()
}

interface MeshPlan {
  readonly mesh: string
  readonly clusters: readonly ModelCluster[]
  readonly workloads: number
  readonly edgesPerWorkload: number
  readonly random: Random
  readonly demandPerSecond: number
}

function growMesh(builder: TopologyBuilder, plan: MeshPlan): void {
  const { clusters, random } = plan
  if (plan.workloads < clusters.length + 8)
    throw new Error(
      `${plan.workloads} workloads are too few for ${clusters.length} clusters: at least ${clusters.length + 8}`,
    )
  const gateways = clusters.map((cluster) => {
    builder.namespace(cluster.name, 'istio-system', 'none')
    return {
      cluster: cluster.name,
      twin: true,
      index: builder.workload({
        cluster: cluster.name,
        namespace: 'istio-system',
        app: 'istio-ingressgateway',
        name: 'istio-ingressgateway',
        version: 'latest',
        role: 'gateway',
        dataPlane: 'gateway',
        ownLatencyMs: 0.8,
      }),
    }
  })
  const apps = growApps(builder, plan, plan.workloads - gateways.length)
  for (const gateway of gateways) {
    const ratePerSecond = (plan.demandPerSecond / gateways.length) * random.between(0.7, 1.3)
    builder.entry({ workload: gateway.index, ratePerSecond, tide: 0 })
    const fronts = apps.filter((app) => app.protocol !== 'tcp' && !app.ambient)
    const called = fronts.slice(0, Math.max(1, plan.edgesPerWorkload))
    for (const app of called) callApp(builder, plan, gateway, app, 1 / called.length)
  }
  connectApps(builder, plan, apps)
  growAmbient(builder, plan, apps)
}

/** Apps of the mesh, callers tending to come first, until the number of workloads is reached. */
function growApps(builder: TopologyBuilder, plan: MeshPlan, wanted: number): readonly App[] {
  const { mesh, clusters, random } = plan
  const namespaceCount = Math.max(2, Math.round(wanted / 40))
  const ambientWanted = Math.max(3, Math.round(wanted * 0.04))
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

function connectApps(builder: TopologyBuilder, plan: MeshPlan, all: readonly App[]): void {
  const { random } = plan
  const apps = all.filter((app) => !app.ambient)
  const called = new Set<App>()
  for (const [position, app] of apps.entries()) {
    if (app.protocol === 'tcp') continue
    const callees = pickCallees(random, apps, position, plan.edgesPerWorkload, called)
    for (const callee of callees) {
      called.add(callee)
      const ratio = random.between(0.6, 1.3) / callees.length
      const plaintextShare = random.chance(0.04) ? 1 : random.chance(0.02) ? 0.4 : 0
      for (const caller of app.workloads)
        callApp(builder, plan, caller, callee, ratio, plaintextShare)
    }
    for (const caller of app.workloads) addOddCalls(builder, plan, caller, app, position)
  }
  for (const [position, app] of apps.entries()) {
    // Plaintext from outside the mesh: nothing is known of the client.
    if (app.protocol !== 'http' || position % 23 !== 5) continue
    const target = app.workloads[0]
    if (target)
      builder.call({
        source: null,
        demand: { kind: 'perSecond', rate: random.between(0.5, 4), tide: 0 },
        destination: { kind: 'service', service: app.service },
        plaintextShare: 1,
        routes: [{ target: target.index }],
      })
  }
}

/** Later apps to call, those nobody calls yet first, until the caller has its number of edges. */
function pickCallees(
  random: Random,
  apps: readonly App[],
  position: number,
  edges: number,
  called: ReadonlySet<App>,
): readonly App[] {
  const chosen = new Set<App>()
  const reach = Math.min(apps.length - 1, position + 80)
  let count = 0
  for (let attempt = 0; attempt < edges * 4 && count < edges && position < reach; attempt++) {
    const near =
      attempt === 0 ? apps.slice(position + 1).find((app) => !called.has(app)) : undefined
    const callee = near ?? apps[random.integer(position + 1, reach)]
    if (!callee || chosen.has(callee)) continue
    chosen.add(callee)
    count += Math.ceil(callee.workloads.length / 2)
  }
  return [...chosen]
}

function callApp(
  builder: TopologyBuilder,
  plan: MeshPlan,
  caller: Placed,
  callee: App,
  ratio: number,
  plaintextShare = 0,
): void {
  const { random } = plan
  const local = callee.workloads.filter((workload) => workload.cluster === caller.cluster)
  const remote = callee.workloads.filter((workload) => workload.cluster !== caller.cluster)
  const remoteShare = local.length === 0 ? 1 : remote.length > 0 && random.chance(0.3) ? 0.2 : 0
  const routes: Partial<Route>[] = []
  for (const [side, share] of [
    [local, 1 - remoteShare],
    [remote, remoteShare],
  ] as const)
    for (const workload of side)
      if (share > 0)
        routes.push({
          target: workload.index,
          share: share / side.length,
          outcomes: callee.outcomes,
          unknownCluster: side === remote ? pickUnknown(random, caller, callee) : null,
        })
  builder.call({
    source: caller.index,
    demand: { kind: 'perRequest', ratio },
    destination: { kind: 'service', service: callee.service },
    protocol: callee.protocol,
    plaintextShare,
    requestBytes: Math.round(random.between(200, 4000)),
    responseBytes: Math.round(random.between(400, 30_000)),
    routes: routes.map((route) => ({ target: null, ...route })),
  })
}

/**
 * Now and then one side does not know the other's cluster. Never where the
 * other side's account could not settle it: names must be of one cluster only.
 */
function pickUnknown(random: Random, caller: Placed, callee: App): Route['unknownCluster'] {
  const clusters = new Set(callee.workloads.map((workload) => workload.cluster))
  if (caller.twin || clusters.size > 1 || clusters.has(caller.cluster)) return null
  const draw = random.next()
  return draw < 0.1 ? 'destination' : draw < 0.2 ? 'source' : null
}

/** Calls that leave the mesh, hit a wall or never find a workload, at known places. */
function addOddCalls(
  builder: TopologyBuilder,
  plan: MeshPlan,
  caller: Placed,
  app: App,
  position: number,
): void {
  const odd = (destination: Call['destination'], outcomes: readonly Outcome[]): void =>
    builder.call({
      source: caller.index,
      demand: { kind: 'perRequest', ratio: 0.05 },
      destination,
      plaintextShare: 1,
      routes: [{ target: null, outcomes }],
    })
  const host = `${app.name}.vendor.example`
  if (position % 29 === 3) odd({ kind: 'passthrough', host }, [])
  if (position % 41 === 7) odd({ kind: 'blackHole', host }, [notArrived('-', 1, 'http', '502')])
  if (position % 31 === 11) {
    const service = builder.externalService(plan.mesh, app.namespace, host, [caller.cluster])
    odd({ kind: 'service', service }, [notArrived('-', 0.02, 'http', '500')])
  }
  if (position % 19 === 2) {
    const service = builder.service({
      mesh: plan.mesh,
      namespace: app.namespace,
      name: `${app.name}-retired`,
      protocol: 'http',
      port: 8080,
      clusters: [caller.cluster],
    })
    odd({ kind: 'service', service }, [notArrived('UH', 1)])
  }
}

/** One ambient namespace: HTTP told by a waypoint, TCP by ztunnel. */
function growAmbient(builder: TopologyBuilder, plan: MeshPlan, all: readonly App[]): void {
  const apps = all.filter((app) => app.ambient)
  const home = plan.clusters[0]
  const first = apps[0]?.workloads[0]
  if (!home || !first) return
  const waypoint = builder.workload({
    cluster: home.name,
    namespace: 'ambient',
    app: 'waypoint',
    name: 'waypoint',
    version: 'latest',
    role: 'waypoint',
    dataPlane: 'gateway',
  })
  builder.workload({
    cluster: home.name,
    namespace: 'istio-system',
    app: 'ztunnel',
    name: 'ztunnel',
    version: 'latest',
    kubernetesKind: 'DaemonSet',
    role: 'ztunnel',
    dataPlane: 'none',
  })
  builder.entry({ workload: first.index, ratePerSecond: plan.random.between(4, 12), tide: 0 })
  const caller = first
  for (const app of apps.slice(1)) {
    const routes = app.workloads.map((workload) => ({
      target: workload.index,
      share: 1 / app.workloads.length,
    }))
    const shared = {
      demand: { kind: 'perRequest', ratio: 0.8 } as const,
      destination: { kind: 'service', service: app.service } as const,
    }
    builder.call({ ...shared, source: caller.index, via: 'waypoint', routes })
    const tunnel = { ...shared, protocol: 'tcp', via: 'ztunnel' } as const
    builder.call({ ...tunnel, source: caller.index, routes: [{ target: waypoint }] })
    builder.call({
      ...tunnel,
      source: waypoint,
      demand: { kind: 'perRequest', ratio: 1 / (apps.length - 1) },
      routes,
    })
  }
}
