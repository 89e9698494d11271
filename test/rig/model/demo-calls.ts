import { answered, notArrived } from './builder.ts'
import type { TopologyBuilder } from './builder.ts'
import { demoTides, incident } from './demo-workloads.ts'
import type { ByPhase, Call, Outcome, Protocol, Route } from './topology.ts'

/** One workload's share of a call, how its requests end, and which side does not know the other's cluster. */
export type Mix = readonly [
  target: number,
  share: ByPhase,
  outcomes?: readonly Outcome[],
  unknown?: Route['unknownCluster'],
]

/** Adds Services of the demo by name. */
export function serviceAdder(builder: TopologyBuilder) {
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

/** Adds calls between workloads of the demo. */
export function callAdder(builder: TopologyBuilder) {
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
export function addOutside(
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
  leaving(site.pointOfSale, 0.02, { kind: 'blackHole', host: 'telemetry.vendor.example' }, [
    notArrived('-', 1, 'http', '502'),
  ])
  builder.entry({ workload: site.pointOfSale, ratePerSecond: 6, tide: demoTides.steady })
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
    demand: { kind: 'perSecond', rate: 2.4, tide: demoTides.batch },
    destination: { kind: 'service', service: inventory },
    plaintextShare: 1,
    responseBytes: 96_000,
    routes: [{ target: inventoryWorkload, outcomes: [answered('403', 0.05)] }],
  })
}

/** Namespace loyalty is ambient: HTTP is told by its waypoint, TCP by ztunnel. */
export function addAmbient(
  builder: TopologyBuilder,
  service: ReturnType<typeof serviceAdder>,
  west: {
    readonly pointsWeb: number
    readonly points: number
    readonly rewards: number
    readonly pointsCache: number
    readonly waypoint: number
  },
): void {
  builder.entry({ workload: west.pointsWeb, ratePerSecond: 14, tide: demoTides.west })
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
      outcomes: [answered('500', incident(0, 0.006, 0.006, 0))],
    },
  ]
  service('loyalty', 'points-web', 'http', ['gke-west'])
  // No waypoint stands before the cache: all that is told of it is TCP.
  builder.call({
    source: west.points,
    demand: { kind: 'perRequest', ratio: 1.5 },
    destination: {
      kind: 'service',
      service: service('loyalty', 'points-redis', 'tcp', ['gke-west']),
    },
    protocol: 'tcp',
    via: 'ztunnel',
    requestBytes: 210,
    responseBytes: 870,
    routes: [{ target: west.pointsCache }],
  })
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
