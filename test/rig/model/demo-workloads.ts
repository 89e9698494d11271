import type { TopologyBuilder, WorkloadSpec } from './builder.ts'
import type { Clock } from './clock.ts'
import type { ByPhase, ModelCluster } from './topology.ts'

/** The demo's three clusters: two clouds on one routed network, and a site behind east-west gateways. */
export const demoClusters: readonly ModelCluster[] = [
  { name: 'eks-east', istioClusterId: 'eks-east', network: 'cloud', mesh: 'shop-mesh' },
  { name: 'gke-west', istioClusterId: 'gke-west', network: 'cloud', mesh: 'shop-mesh' },
  { name: 'onprem', istioClusterId: 'onprem', network: 'datacenter', mesh: 'shop-mesh' },
]

/** Ten minutes: calm, payments v2 begins to fail, fails, recovers, calm again. */
export const demoClock: Clock = {
  loopSeconds: 600,
  tides: [
    { periodSeconds: 600, amplitude: 0, shift: 0 },
    { periodSeconds: 600, amplitude: 0.35, shift: 0.6 },
    { periodSeconds: 300, amplitude: 0.25, shift: 0.1 },
    { periodSeconds: 120, amplitude: 0.5, shift: 0.3 },
  ],
  phases: [
    { name: 'calm', fromSecond: 0 },
    { name: 'onset', fromSecond: 210 },
    { name: 'incident', fromSecond: 270 },
    { name: 'recovery', fromSecond: 420 },
    { name: 'calm again', fromSecond: 480 },
  ],
}
/** Demand by where it comes from: indexes into the clock's tides. */
export const demoTides = { steady: 0, east: 1, west: 2, batch: 3 } as const

/** A by-phase number that is `calm` outside the incident. */
export function incident(calm: number, onset: number, full: number, recovery: number): ByPhase {
  return [calm, onset, full, recovery, calm]
}

/** Who lives where, and how they join the mesh. */
export function addNamespaces(builder: TopologyBuilder): void {
  for (const { name } of demoClusters) builder.namespace(name, 'istio-system', 'none')
  for (const cluster of ['eks-east', 'gke-west']) {
    for (const name of ['shop', 'payments', 'data']) builder.namespace(cluster, name, 'sidecar')
  }
  for (const name of ['payments', 'data', 'stores']) builder.namespace('onprem', name, 'sidecar')
  builder.namespace('onprem', 'reporting', 'none')
  builder.namespace('gke-west', 'loyalty', 'ambient')
}

/** All workloads, by cluster: their indexes in the topology. */
export function addWorkloads(builder: TopologyBuilder) {
  const gateway = (cluster: string, app: string, replicas = 1): number =>
    builder.workload({
      cluster,
      namespace: 'istio-system',
      app,
      name: app,
      version: 'latest',
      role: 'gateway',
      dataPlane: 'gateway',
      ownLatencyMs: 0.9,
      replicas,
    })
  const add =
    (cluster: string) =>
    (namespace: string, app: string, own: ByPhase, more: Partial<WorkloadSpec> = {}) =>
      builder.workload({ cluster, namespace, app, ownLatencyMs: own, ...more })
  const east = add('eks-east')
  const west = add('gke-west')
  const site = add('onprem')
  const v2 = { version: 'v2' }
  const stateful = (name: string) => ({ name, kubernetesKind: 'StatefulSet' }) as const
  for (const { name } of demoClusters) gateway(name, 'istio-eastwestgateway')
  const e = {
    ingress: gateway('eks-east', 'istio-ingressgateway', 2),
    egress: gateway('eks-east', 'istio-egressgateway'),
    storefrontV1: east('shop', 'storefront', 11, { replicas: 2 }),
    storefrontV2: east('shop', 'storefront', 9, v2),
    catalogV1: east('shop', 'catalog', 14, { replicas: 2 }),
    catalogV2: east('shop', 'catalog', 10, v2),
    cart: east('shop', 'cart', 6),
    checkoutV1: east('shop', 'checkout', 22, { replicas: 2 }),
    checkoutV2: east('shop', 'checkout', 18, v2),
    coupons: east('shop', 'coupons', 31),
    wishlist: east('shop', 'wishlist', 8, { replicas: 0 }),
    paymentsV1: east('payments', 'payments', 28, { replicas: 2 }),
    paymentsV2: east('payments', 'payments', incident(26, 70, 240, 60), {
      ...v2,
      latencySigma: 0.8,
    }),
    sessions: east('data', 'sessions-redis', 1, stateful('sessions-redis')),
  }
  const w = {
    ingress: gateway('gke-west', 'istio-ingressgateway', 2),
    storefrontV2: west('shop', 'storefront', 10, { ...v2, replicas: 2 }),
    catalogV3: west('shop', 'catalog', 8, { version: 'v3' }),
    cart: west('shop', 'cart', 6),
    search: west('shop', 'search', 19, { replicas: 2 }),
    recommendations: west('shop', 'recommendations', 34),
    fraudV1: west('payments', 'fraud', 12),
    fraudV2: west('payments', 'fraud', 9, v2),
    sessions: west('data', 'sessions-redis', 1, stateful('sessions-redis')),
    pointsWeb: west('loyalty', 'points-web', 7),
    points: west('loyalty', 'points', 9),
    rewards: west('loyalty', 'rewards', 12),
    pointsCache: west('loyalty', 'points-redis', 1, stateful('points-redis')),
    waypoint: west('loyalty', 'waypoint', 1, {
      name: 'waypoint',
      version: 'latest',
      role: 'waypoint',
      dataPlane: 'gateway',
    }),
    ztunnel: west('istio-system', 'ztunnel', 1, {
      name: 'ztunnel',
      version: 'latest',
      kubernetesKind: 'DaemonSet',
      role: 'ztunnel',
      dataPlane: 'none',
    }),
  }
  const o = {
    inventory: site('data', 'inventory', 16),
    ledger: site('payments', 'ledger', 7),
    orders: site('data', 'orders-db', 2, stateful('orders-db')),
    pointOfSale: site('stores', 'point-of-sale', 13),
    batchExport: site('reporting', 'batch-export', 40, { dataPlane: 'none' }),
  }
  return { e, w, o }
}
