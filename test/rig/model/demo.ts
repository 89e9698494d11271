import { answered, createBuilder, hungUp, notArrived } from './builder.ts'
import type { TopologyBuilder, WorkloadSpec } from './builder.ts'
import type { Clock } from './clock.ts'
import type { ByPhase, Call, ModelCluster, Outcome, Protocol, Route, Topology } from './topology.ts'

/** The demo's three clusters: two clouds on one routed network, and a site behind east-west gateways. */
export const demoClusters: readonly ModelCluster[] = [
  { name: 'eks-east', istioClusterId: 'eks-east', network: 'cloud', mesh: 'shop-mesh' },
  { name: 'gke-west', istioClusterId: 'gke-west', network: 'cloud', mesh: 'shop-mesh' },
  { name: 'onprem', istioClusterId: 'onprem', network: 'datacenter', mesh: 'shop-mesh' },
]

/** Ten minutes: calm, payments v2 begins to fail, fails, recovers, calm again. */
const clock: Clock = {
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
const steadyTide = 0
const eastTide = 1
const westTide = 2
const batchTide = 3

/** A by-phase number that is `calm` outside the incident. */
function incident(calm: number, onset: number, full: number, recovery: number): ByPhase {
  return [calm, onset, full, recovery, calm]
}

type Mix = readonly [
  target: number,
  share: ByPhase,
  outcomes?: readonly Outcome[],
  unknown?: Route['unknownCluster'],
]

/** The demo shop: about a dozen services over three clusters, hand-made to look like a fleet one would meet. */
export function demoTopology(): Topology {
  const builder = createBuilder(demoClusters, clock)
  addNamespaces(builder)
  const at = addWorkloads(builder)
  const service = serviceAdder(builder)
  const { call, request } = callAdder(builder)
  const { e, w, o } = at

  // Users arrive at two gateways.
  builder.entry({ workload: e.ingress, ratePerSecond: 96, tide: eastTide })
  builder.entry({ workload: w.ingress, ratePerSecond: 54, tide: westTide })
  const storefront = service('shop', 'storefront', 'http', ['eks-east', 'gke-west'])
  const upset = answered('500', incident(0.001, 0.006, 0.017, 0.004))
  const visitors = [answered('404', 0.021), hungUp(0.0015), upset]
  request(e.ingress, 0.94, storefront, [
    [e.storefrontV1, 0.7, visitors],
    [e.storefrontV2, 0.3, visitors],
  ])
  request(w.ingress, 0.93, storefront, [[w.storefrontV2, 1, [answered('404', 0.018)]]])

  const catalog = service('shop', 'catalog', 'http', ['eks-east', 'gke-west'])
  const catalogEast: Mix[] = [
    [e.catalogV1, 0.5],
    [e.catalogV2, 0.4, [answered('500', 0.002)]],
    [w.catalogV3, 0.1],
  ]
  const search = service('shop', 'search', 'grpc', ['gke-west'])
  const searching = [notArrived('UO', 0.004, 'grpc'), answered('200', 0.006, '5')]
  const cart = service('shop', 'cart', 'http', ['eks-east', 'gke-west'])
  const recommendations = service('shop', 'recommendations', 'http', ['gke-west'])
  for (const source of [e.storefrontV1, e.storefrontV2]) {
    request(source, 0.8, catalog, catalogEast, { responseBytes: 18_400 })
    request(source, 0.25, cart, [[e.cart, 1]])
    call(source, 0.3, search, 'grpc', [[w.search, 1, searching]])
    request(source, 0.35, recommendations, [
      [
        w.recommendations,
        1,
        [notArrived('URX', 0.005)],
        source === e.storefrontV2 ? 'destination' : null,
      ],
    ])
  }
  request(w.storefrontV2, 0.75, catalog, [[w.catalogV3, 1]], { responseBytes: 18_400 })
  request(w.storefrontV2, 0.2, cart, [[w.cart, 1]])
  call(w.storefrontV2, 0.3, search, 'grpc', [[w.search, 1, searching]])
  request(w.storefrontV2, 0.4, recommendations, [[w.recommendations, 1]])
  const wishlist = service('shop', 'wishlist', 'http', ['eks-east'])
  builder.call({
    source: e.storefrontV2,
    demand: { kind: 'perRequest', ratio: 0.02 },
    destination: { kind: 'service', service: wishlist },
    routes: [{ target: null, outcomes: [notArrived('UH', 1)] }],
  })

  const checkout = service('shop', 'checkout', 'http', ['eks-east'])
  const shaken = [answered('503', incident(0, 0.012, 0.045, 0.008)), answered('409', 0.012)]
  const checkouts: Mix[] = [
    [e.checkoutV1, 0.8, shaken],
    [e.checkoutV2, 0.2, shaken],
  ]
  request(e.cart, 0.4, checkout, checkouts)
  request(w.cart, 0.4, checkout, checkouts)
  const coupons = service('shop', 'coupons', 'http', ['eks-east'])
  request(e.cart, 0.15, coupons, [[e.coupons, 1, [answered('500', 0.34)]]])
  const sessions = service('data', 'sessions-redis', 'tcp', ['eks-east', 'gke-west'])
  call(e.cart, 1, sessions, 'tcp', [[e.sessions, 1]], { requestBytes: 340, responseBytes: 1250 })
  call(w.cart, 1, sessions, 'tcp', [[w.sessions, 1]], { requestBytes: 340, responseBytes: 1250 })

  const payments = service('payments', 'payments', 'http', ['eks-east'])
  const failing = [notArrived('UF', incident(0, 0.03, 0.08, 0.02)), answered('402', 0.015)]
  const paying: Mix[] = [
    [e.paymentsV1, 0.75, [answered('402', 0.015)]],
    [e.paymentsV2, 0.25, failing],
  ]
  const orders = service('data', 'orders-db', 'tcp', ['onprem'])
  const inventory = service('data', 'inventory', 'http', ['onprem'])
  for (const source of [e.checkoutV1, e.checkoutV2]) {
    request(source, 1, payments, paying)
    call(source, 1.2, orders, 'tcp', [[o.orders, 1]], { requestBytes: 2100, responseBytes: 5300 })
    request(source, 1, inventory, [[o.inventory, 1, [], source === e.checkoutV2 ? 'source' : null]])
  }
  request(w.catalogV3, 0.1, inventory, [[o.inventory, 1]])

  const fraud = service('payments', 'fraud', 'grpc', ['gke-west'])
  const ledger = service('payments', 'ledger', 'grpc', ['onprem'])
  const egress = service('istio-system', 'istio-egressgateway', 'http', ['eks-east'])
  const doubts: Mix[] = [
    [w.fraudV1, 0.6],
    [w.fraudV2, 0.4, [answered('200', 0.01, '4')]],
  ]
  for (const source of [e.paymentsV1, e.paymentsV2]) {
    call(source, 0.9, fraud, 'grpc', doubts)
    call(source, 1, ledger, 'grpc', [[o.ledger, 1]])
    request(source, 0.6, egress, [[e.egress, 1]])
  }
  call(o.ledger, 2, orders, 'tcp', [[o.orders, 1]], { requestBytes: 900, responseBytes: 1400 })
  addOutside(builder, e.egress, w.recommendations, o.inventory, inventory, o)
  addAmbient(builder, service, w)
  return builder.build()
}

function addNamespaces(builder: TopologyBuilder): void {
  for (const { name } of demoClusters) builder.namespace(name, 'istio-system', 'none')
  for (const cluster of ['eks-east', 'gke-west']) {
    for (const name of ['shop', 'payments', 'data']) builder.namespace(cluster, name, 'sidecar')
  }
  for (const name of ['payments', 'data', 'stores']) builder.namespace('onprem', name, 'sidecar')
  builder.namespace('onprem', 'reporting', 'none')
  builder.namespace('gke-west', 'loyalty', 'ambient')
}

function addWorkloads(builder: TopologyBuilder) {
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
  const stateful = { kubernetesKind: 'StatefulSet' } as const
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
    sessions: east('data', 'sessions-redis', 1, stateful),
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
    sessions: west('data', 'sessions-redis', 1, stateful),
    pointsWeb: west('loyalty', 'points-web', 7),
    points: west('loyalty', 'points', 9),
    rewards: west('loyalty', 'rewards', 12),
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
    orders: site('data', 'orders-db', 2, stateful),
    pointOfSale: site('stores', 'point-of-sale', 13),
    batchExport: site('reporting', 'batch-export', 40, { dataPlane: 'none' }),
  }
  return { e, w, o }
}

function serviceAdder(builder: TopologyBuilder) {
  return (
    namespace: string,
    name: string,
    protocol: Protocol,
    clusters: readonly string[],
  ): number =>
    builder.service({
      mesh: 'shop-mesh',
      namespace,
      name,
      protocol,
      port:
        protocol === 'tcp'
          ? name.endsWith('redis')
            ? 6379
            : 5432
          : protocol === 'grpc'
            ? 9090
            : 8080,
      clusters,
    })
}

function callAdder(builder: TopologyBuilder) {
  const call = (
    source: number,
    ratio: number,
    service: number,
    protocol: Protocol,
    mixes: readonly Mix[],
    more: Partial<Pick<Call, 'requestBytes' | 'responseBytes' | 'plaintextShare' | 'via'>> = {},
  ): void =>
    builder.call({
      source,
      demand: { kind: 'perRequest', ratio },
      destination: { kind: 'service', service },
      protocol,
      routes: mixes.map(([target, share, outcomes = [], unknownCluster = null]) => ({
        target,
        share,
        outcomes,
        unknownCluster,
      })),
      ...more,
    })
  const request = (
    source: number,
    ratio: number,
    service: number,
    mixes: readonly Mix[],
    more: Parameters<typeof call>[5] = {},
  ): void => call(source, ratio, service, 'http', mixes, more)
  return { call, request }
}

/** What comes from and goes to places outside the mesh, and a client that speaks plaintext inside it. */
function addOutside(
  builder: TopologyBuilder,
  egress: number,
  recommendations: number,
  inventoryWorkload: number,
  inventory: number,
  site: { readonly pointOfSale: number },
): void {
  const cards = builder.externalService('shop-mesh', 'payments', 'api.cardnetwork.example', [
    'eks-east',
  ])
  const leaving = (
    source: number,
    ratio: number,
    destination: Call['destination'],
    outcomes: readonly Outcome[],
  ): void =>
    builder.call({
      source,
      demand: { kind: 'perRequest', ratio },
      destination,
      plaintextShare: 1,
      routes: [{ target: null, outcomes }],
    })
  leaving(egress, 1, { kind: 'service', service: cards }, [notArrived('-', 0.003, 'http', '429')])
  leaving(recommendations, 0.1, { kind: 'passthrough', host: 'models.vendor.example' }, [])
  leaving(inventoryWorkload, 0.02, { kind: 'blackHole', host: 'telemetry.vendor.example' }, [
    notArrived('-', 1, 'http', '502'),
  ])
  builder.entry({ workload: site.pointOfSale, ratePerSecond: 6, tide: steadyTide })
  builder.call({
    source: site.pointOfSale,
    demand: { kind: 'perRequest', ratio: 1 },
    destination: { kind: 'service', service: inventory },
    plaintextShare: 1,
    routes: [{ target: inventoryWorkload }],
  })
  // reporting/batch-export has no sidecar: to the mesh its caller is unknown.
  builder.call({
    source: null,
    demand: { kind: 'perSecond', rate: 2.4, tide: batchTide },
    destination: { kind: 'service', service: inventory },
    plaintextShare: 1,
    responseBytes: 96_000,
    routes: [{ target: inventoryWorkload, outcomes: [answered('403', 0.05)] }],
  })
}

/** Namespace loyalty is ambient: HTTP is told by its waypoint, TCP by ztunnel. */
function addAmbient(
  builder: TopologyBuilder,
  service: ReturnType<typeof serviceAdder>,
  west: {
    readonly pointsWeb: number
    readonly points: number
    readonly rewards: number
    readonly waypoint: number
  },
): void {
  builder.entry({ workload: west.pointsWeb, ratePerSecond: 14, tide: westTide })
  const callees = [
    {
      service: service('loyalty', 'points', 'http', ['gke-west']),
      target: west.points,
      ratio: 1,
      outcomes: [],
    },
    {
      service: service('loyalty', 'rewards', 'http', ['gke-west']),
      target: west.rewards,
      ratio: 0.4,
      outcomes: [answered('500', 0.006)],
    },
  ]
  service('loyalty', 'points-web', 'http', ['gke-west'])
  for (const { service: index, target, ratio, outcomes } of callees) {
    const destination = { kind: 'service', service: index } as const
    const demand = { kind: 'perRequest', ratio } as const
    const source = west.pointsWeb
    builder.call({ source, demand, destination, via: 'waypoint', routes: [{ target, outcomes }] })
    const tunnel = { destination, protocol: 'tcp', via: 'ztunnel' } as const
    builder.call({ ...tunnel, source, demand, routes: [{ target: west.waypoint }] })
    builder.call({
      ...tunnel,
      source: west.waypoint,
      demand: { kind: 'perRequest', ratio: ratio / 1.4 },
      routes: [{ target }],
    })
  }
}
