import { createBuilder } from './builder.ts'
import type { TopologyBuilder } from './builder.ts'
import { steadyClock } from './clock.ts'
import { createRandom } from './random.ts'
import { growApps } from './seeded-apps.ts'
import type { App, MeshPlan } from './seeded-apps.ts'
import { callApp, connectApps } from './seeded-calls.ts'
import type { ModelCluster, Topology } from './topology.ts'

/** What a seeded fleet is grown from. */
export interface SeededOptions {
  /** All workloads of all clusters, gateways included. */
  readonly workloads: number
  readonly clusters: readonly ModelCluster[]
  /** Mean number of workload-to-workload edges each calling workload has. */
  readonly edgesPerWorkload: number
  readonly seed: number
}

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
  const source = first.index
  // The last app has no waypoint in front: all that is told of it is TCP, by ztunnel.
  const direct = apps.length > 2 ? apps.at(-1) : undefined
  const proxied = apps.slice(1).filter((app) => app !== direct)
  for (const app of apps.slice(1)) {
    const routes = app.workloads.map((workload) => ({
      target: workload.index,
      share: 1 / app.workloads.length,
    }))
    const demand = { kind: 'perRequest', ratio: 0.8 } as const
    const destination = { kind: 'service', service: app.service } as const
    const tunnel = { destination, protocol: 'tcp', via: 'ztunnel' } as const
    if (app === direct) {
      builder.call({ ...tunnel, source, demand, routes })
      continue
    }
    builder.call({ destination, demand, source, via: 'waypoint', routes })
    builder.call({ ...tunnel, source, demand, routes: [{ target: waypoint }] })
    builder.call({
      ...tunnel,
      source: waypoint,
      demand: { kind: 'perRequest', ratio: 1 / proxied.length },
      routes,
    })
  }
}
