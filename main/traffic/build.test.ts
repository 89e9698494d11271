import { describe, expect, it } from 'vitest'
import type { ClusterModel, MeshModel, Workload } from '../mesh/index.ts'
import { answerOf, graphOf, linesOf } from './testing.ts'

const source = { reporter: 'source' } as const

describe('two accounts of one request', () => {
  it('are one edge, with the destination’s numbers', () => {
    const graph = graphOf([
      answerOf(
        'a',
        ['a'],
        [
          { from: 'a/shop/web', to: 'a/shop/cart', rate: 10, mtls: true },
          { ...source, from: 'a/shop/web', to: 'a/shop/cart', rate: 11 },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual(['workload:a/shop/web workload:a/shop/cart http 10 200/-=10'])
    expect(graph.edges[0]?.mtls).toEqual({
      ratio: 1,
      sourcePrincipals: ['spiffe://td/ns/shop/sa/web'],
      destinationPrincipals: ['spiffe://td/ns/shop/sa/cart'],
    })
  })

  it('add up where only the source saw how it ended', () => {
    const graph = graphOf([
      answerOf(
        'a',
        ['a'],
        [
          { from: 'a/shop/web', to: 'a/shop/cart', rate: 9 },
          { ...source, from: 'a/shop/web', to: 'a/shop/cart', rate: 9 },
          { ...source, from: 'a/shop/web', to: 'a/shop/cart', code: '503', flags: 'UF', rate: 1 },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:a/shop/web workload:a/shop/cart http 10 200/-=9 503/UF=1',
    ])
    expect(graph.edges[0]?.errorRatio).toBeCloseTo(0.1)
  })

  it('do not match when they name other hosts', () => {
    const to = 'a/shop/cart'
    const graph = graphOf([
      answerOf(
        'a',
        ['a'],
        [
          { from: 'a/shop/web', to, host: 'cart.shop.svc', rate: 4 },
          { ...source, from: 'a/shop/web', to, host: 'cart-canary.shop.svc', rate: 1 },
        ],
      ),
    ])
    expect(graph.edges[0]?.responses).toEqual([
      { code: '200', flags: '-', rate: 5, hosts: ['cart-canary.shop.svc', 'cart.shop.svc'] },
    ])
  })

  it('know plaintext as ratio 0, and nothing of security where only the source tells', () => {
    const graph = graphOf([
      answerOf(
        'a',
        ['a'],
        [
          { from: 'a/shop/web', to: 'a/shop/cart', rate: 3, mtls: false },
          { from: 'a/shop/web', to: 'a/shop/stock', rate: 3, mtls: true },
          { from: 'a/shop/web', to: 'a/shop/stock', code: '404', rate: 1, mtls: false },
          { ...source, from: 'a/shop/web', to: 'a/shop/legacy', rate: 3 },
        ],
      ),
    ])
    expect(graph.edges.map(({ target, mtls }) => [target, mtls.ratio])).toEqual([
      ['workload:a/shop/cart', 0],
      ['workload:a/shop/legacy', null],
      ['workload:a/shop/stock', 0.75],
    ])
  })
})

describe('codes', () => {
  it('of gRPC are its status, unless HTTP failed or there is none; 0 is no response', () => {
    const row = { from: 'a/n/web', to: 'a/n/api', protocol: 'grpc', rate: 1 } as const
    const graph = graphOf([
      answerOf(
        'a',
        ['a'],
        [
          { ...row, grpc: '0' },
          { ...row, grpc: '13' },
          { ...row, code: '503', grpc: '14', flags: 'UF' },
          { ...row },
          { ...row, code: '0', flags: 'DC' },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:a/n/web workload:a/n/api grpc 5 -/DC=1 0/-=1 13/-=1 200/-=1 503/UF=1',
    ])
    expect(graph.edges[0]?.errorRatio).toBeCloseTo(3 / 5)
  })

  it('of 4xx are no errors', () => {
    const graph = graphOf([
      answerOf('a', ['a'], [{ from: 'a/n/web', to: 'a/n/api', code: '404', rate: 1 }]),
    ])
    expect(graph.edges[0]?.errorRatio).toBe(0)
  })
})

describe('requests without a workload', () => {
  const unknown = 'unknown/unknown/unknown'
  const lines = (row: { host: string; service?: string; code?: string; flags?: string }) =>
    linesOf(
      graphOf([
        answerOf('a', ['a'], [{ ...source, from: 'a/n/web', to: unknown, rate: 1, ...row }]),
      ]),
    )

  it('that never arrived go to the service', () => {
    const host = 'old.n.svc.cluster.local'
    expect(lines({ host, service: 'n/old', code: '503', flags: 'UH' })).toEqual([
      'workload:a/n/web service:a/n/old http 1 503/UH=1',
    ])
    expect(lines({ host })).toEqual(['workload:a/n/web service:a/n/old http 1 200/-=1'])
  })

  it('that leave the mesh go outside', () => {
    expect(lines({ host: 'x.example', service: 'unknown/PassthroughCluster' })).toEqual([
      'workload:a/n/web external:a//PassthroughCluster http 1 200/-=1',
    ])
    expect(lines({ host: '1.2.3.4', service: 'unknown/BlackHoleCluster', code: '502' })).toEqual([
      'workload:a/n/web external:a//BlackHoleCluster http 1 502/-=1',
    ])
  })

  it('to a host of a ServiceEntry go to that, to a bare address nowhere', () => {
    expect(lines({ host: 'api.example', service: 'n/api.example' })).toEqual([
      'workload:a/n/web service:a/n/api.example http 1 200/-=1',
    ])
    expect(lines({ host: '10.1.2.3', service: 'unknown/10.1.2.3' })).toEqual([])
  })

  it('to the egress gateway go to its workload', () => {
    const host = 'istio-egressgateway.istio-system.svc.cluster.local'
    expect(lines({ host, service: `unknown/${host}` })).toEqual([
      'workload:a/n/web workload:a/istio-system/istio-egressgateway http 1 200/-=1',
    ])
  })

  it('from nobody known come from outside, beside the cluster they call', () => {
    const rows = [
      { from: unknown, to: 'a/n/web', rate: 1 },
      { from: 'a/n/unknown', to: 'a/n/web', rate: 7 },
    ]
    expect(linesOf(graphOf([answerOf('a', ['a'], rows)]))).toEqual([
      'external:a//unknown workload:a/n/web http 1 200/-=1',
    ])
  })
})

describe('clusters', () => {
  const isolated = [{ from: 'Kubernetes/n/web', to: 'Kubernetes/n/api', rate: 1 }]

  it('that both call themselves Kubernetes share no edge and no node', () => {
    const graph = graphOf([answerOf('p', ['one'], isolated), answerOf('q', ['two'], isolated)])
    expect(linesOf(graph)).toEqual([
      'workload:one/n/web workload:one/n/api http 1 200/-=1',
      'workload:two/n/web workload:two/n/api http 1 200/-=1',
    ])
  })

  it('without names of their own are told apart by endpoint where they claim one label', () => {
    const graph = graphOf([answerOf('p', [], isolated), answerOf('q', [], isolated)])
    expect(graph.clusters.map(({ name }) => name)).toEqual(['Kubernetes@p', 'Kubernetes@q'])
    expect(graph.edges).toHaveLength(2)
    expect(graphOf([answerOf('p', [], isolated)]).clusters.map(({ name }) => name)).toEqual([
      'Kubernetes',
    ])
  })

  it('of one mesh share an edge that both report', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['east'],
        [
          { ...source, from: 'c1/n/web', to: 'c2/n/api', rate: 5 },
          { from: 'c1/n/web', to: 'c1/n/db', rate: 1 },
        ],
      ),
      answerOf('q', ['west'], [{ from: 'c1/n/web', to: 'c2/n/api', rate: 5, mtls: true }]),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:east/n/web workload:east/n/db http 1 200/-=1',
      'workload:east/n/web workload:west/n/api http 5 200/-=5',
    ])
    expect(graph.edges[1]?.mtls.ratio).toBe(1)
  })

  it('that one side does not know are told by the other', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['east'],
        [
          { ...source, from: 'c1/n/web', to: 'unknown/n/api', rate: 5 },
          { ...source, from: 'c1/n/web', to: 'unknown/n/api', code: '503', flags: 'UF', rate: 1 },
          { ...source, from: 'c1/n/web', to: 'c2/n/db', rate: 2 },
        ],
      ),
      answerOf(
        'q',
        ['west'],
        [
          { from: 'c1/n/web', to: 'c2/n/api', rate: 5 },
          { from: 'unknown/n/web', to: 'c2/n/db', rate: 2 },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:east/n/web workload:west/n/api http 6 200/-=5 503/UF=1',
      'workload:east/n/web workload:west/n/db http 2 200/-=2',
    ])
  })

  it('that nobody knows are those of the reporter', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['east'],
        [
          { ...source, from: 'c1/n/web', to: 'unknown/n/api', rate: 5 },
          { from: 'unknown/n/job', to: 'c1/n/db', rate: 2 },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:east/n/job workload:east/n/db http 2 200/-=2',
      'workload:east/n/web workload:east/n/api http 5 200/-=5',
    ])
  })

  it('behind a gateway are joined by the service when the source knows no workload', () => {
    const host = 'api.n.svc.cluster.local'
    const graph = graphOf([
      answerOf(
        'p',
        ['east'],
        [
          { ...source, from: 'c1/n/web', to: 'unknown/unknown/unknown', host, rate: 5 },
          { ...source, from: 'c1/n/web', to: 'c1/n/x', rate: 1 },
        ],
      ),
      answerOf('q', ['west'], [{ from: 'c1/n/web', to: 'c2/n/api', host, rate: 5 }]),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:east/n/web workload:east/n/x http 1 200/-=1',
      'workload:east/n/web workload:west/n/api http 5 200/-=5',
    ])
  })

  it('of one endpoint for many keep their labels as names', () => {
    const graph = graphOf([
      answerOf(
        'thanos',
        [],
        [
          { from: 'c1/n/web', to: 'c2/n/api', rate: 5 },
          { ...source, from: 'c1/n/web', to: 'c2/n/api', rate: 5 },
          { from: 'c2/n/api', to: 'c1/n/db', rate: 1 },
        ],
      ),
    ])
    expect(graph.clusters.map(({ name }) => name)).toEqual(['c1', 'c2'])
    expect(graph.edges).toHaveLength(2)
  })
})

describe('clusters whose objects are known', () => {
  const cluster = (name: string, mesh: string, istioClusterId: string): ClusterModel => ({
    name,
    mesh,
    istioClusterId,
    meshId: mesh,
    trustDomain: null,
    network: null,
    rootFingerprint: null,
    controlPlanes: [],
    provider: 'unknown',
    distribution: 'unknown',
    region: null,
    counts: { nodes: null, namespaces: null, workloads: null, services: null, gateways: null },
  })
  const workload = (place: string, more: Partial<Workload> = {}): Workload => {
    const [where = '', namespace = '', name = ''] = place.split('/')
    return {
      id: `workload:${place}`,
      cluster: where,
      namespace,
      name,
      kubernetesKind: 'Deployment',
      app: name,
      version: 'v1',
      role: 'workload',
      dataPlane: 'sidecar',
      replicas: { desired: null, current: null, available: null },
      annotations: {},
      ...more,
    }
  }
  const model = (clusters: ClusterModel[], workloads: Workload[] = []): MeshModel => ({
    clusters,
    meshes: [],
    workloads,
    services: [],
  })

  it('are named by their contexts, and joined within their mesh only', () => {
    const meshes = model([
      cluster('ctx-1', 'm', 'Kubernetes'),
      cluster('ctx-2', 'm', 'c2'),
      cluster('ctx-3', 'other', 'c2'),
    ])
    const graph = graphOf(
      [
        answerOf(
          'p',
          ['ctx-1'],
          [{ ...source, from: 'Kubernetes/n/web', to: 'c2/n/api', rate: 5 }],
        ),
        answerOf('q', ['ctx-2'], [{ from: 'Kubernetes/n/web', to: 'c2/n/api', rate: 5 }]),
        answerOf('r', ['ctx-3'], [{ from: 'Kubernetes/n/web', to: 'c2/n/api', rate: 3 }]),
      ],
      meshes,
    )
    expect(linesOf(graph)).toEqual([
      'workload:ctx-1/n/web workload:ctx-2/n/api http 5 200/-=5',
      'workload:ctx-3/n/web workload:ctx-3/n/api http 3 200/-=3',
    ])
  })

  it('that claim one ID in one mesh are each the one whose Prometheus answered', () => {
    const meshes = model([cluster('one', 'm', 'x'), cluster('two', 'm', 'x')])
    const rows = [{ from: 'x/n/web', to: 'x/n/api', rate: 1 }]
    const graph = graphOf([answerOf('p', ['one'], rows), answerOf('q', ['two'], rows)], meshes)
    expect(linesOf(graph)).toEqual([
      'workload:one/n/web workload:one/n/api http 1 200/-=1',
      'workload:two/n/web workload:two/n/api http 1 200/-=1',
    ])
  })

  it('of another mesh are not meant by a label that looks like their name', () => {
    const meshes = model([cluster('east', 'm', 'east'), cluster('west', 'other', 'west')])
    const graph = graphOf(
      [
        answerOf('p', ['east'], [{ ...source, from: 'east/n/web', to: 'west/n/api', rate: 5 }]),
        answerOf('q', ['west'], [{ from: 'west/n/web', to: 'west/n/api', rate: 1 }]),
      ],
      meshes,
    )
    expect(linesOf(graph)).toEqual([
      'workload:east/n/web workload:west%40m/n/api http 5 200/-=5',
      'workload:west/n/web workload:west/n/api http 1 200/-=1',
    ])
  })

  it('tell where a workload is that both sides leave unknown', () => {
    const meshes = model(
      [cluster('one', 'm', 'c1'), cluster('two', 'm', 'c2')],
      [workload('two/n/api')],
    )
    const row = { ...source, from: 'c1/n/web', to: 'unknown/n/api', rate: 5 }
    expect(linesOf(graphOf([answerOf('p', ['one'], [row])], meshes))).toEqual([
      'workload:one/n/web workload:two/n/api http 5 200/-=5',
    ])
  })

  it('show mesh workloads without traffic, with what is known of them', () => {
    const meshes = model(
      [cluster('one', 'm', 'c1'), cluster('two', 'm', 'c2')],
      [
        workload('one/n/quiet'),
        workload('two/n/dark'),
        workload('one/n/down', { replicas: { desired: 2, current: 2, available: 0 } }),
        workload('one/n/plain', { dataPlane: 'none' }),
        workload('one/n/off', { replicas: { desired: 0, current: 0, available: 0 } }),
      ],
    )
    const graph = graphOf([answerOf('p', ['one'], [])], meshes)
    expect(graph.nodes.map(({ name, health }) => [name, health.status])).toEqual([
      ['down', 'failing'],
      ['off', 'idle'],
      ['quiet', 'idle'],
      ['dark', 'unknown'],
    ])
  })

  it('know waypoints, and gateways as a kind of their own', () => {
    const gateway = workload('one/istio-system/ingress', {
      id: 'gateway:one/istio-system/ingress',
      role: 'gateway',
      dataPlane: 'gateway',
    })
    const graph = graphOf(
      [answerOf('p', ['one'], [{ from: 'c1/istio-system/ingress', to: 'c1/n/web', rate: 1 }])],
      model([cluster('one', 'm', 'c1')], [gateway]),
    )
    expect(graph.nodes.map(({ id, kind }) => [id, kind])).toContainEqual([
      'gateway:one/istio-system/ingress',
      'gateway',
    ])
  })
})

describe('ambient', () => {
  const host = 'api.n.svc'
  const hop = { app: 'ztunnel', host, mtls: true, rate: 1000 } as const

  it('is told by the waypoint; the hops below it are left out', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['c1'],
        [{ reporter: 'waypoint', from: 'c1/n/web', to: 'c1/n/api', host, rate: 5, mtls: true }],
        [
          { ...hop, reporter: 'source', from: 'c1/n/web', to: 'c1/n/waypoint' },
          { ...hop, reporter: 'destination', from: 'c1/n/waypoint', to: 'c1/n/api' },
          { ...hop, reporter: 'source', from: 'c1/n/web', to: 'c1/n/api' },
          { ...hop, reporter: 'source', from: 'c1/n/web', to: 'c1/n/db', host: 'db.n.svc' },
          { ...hop, reporter: 'destination', from: 'c1/n/web', to: 'c1/n/db', host: 'db.n.svc' },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual([
      'workload:c1/n/web workload:c1/n/api http 5 200/-=5',
      'workload:c1/n/web workload:c1/n/db tcp 1000',
    ])
    expect(graph.edges.map(({ mtls }) => mtls.ratio)).toEqual([1, 1])
  })

  it('called by a sidecar is one edge too', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['c1'],
        [
          { ...source, from: 'c1/n/web', to: 'c1/n/waypoint', host, rate: 5 },
          { reporter: 'waypoint', from: 'c1/n/web', to: 'c1/n/api', host, rate: 5 },
        ],
        [
          { ...hop, reporter: 'destination', from: 'c1/n/waypoint', to: 'c1/n/api' },
          { ...hop, reporter: 'source', from: 'c1/n/web', to: 'c1/n/waypoint' },
        ],
      ),
    ])
    expect(linesOf(graph)).toEqual(['workload:c1/n/web workload:c1/n/api http 5 200/-=5'])
  })
})

describe('TCP', () => {
  it('of both sides is one edge, sent from source to target, without requests', () => {
    const graph = graphOf([
      answerOf(
        'p',
        ['c1'],
        [],
        [
          { from: 'c1/n/web', to: 'c1/n/db', rate: 100, mtls: true },
          { ...source, from: 'c1/n/web', to: 'c1/n/db', rate: 101 },
        ],
      ),
    ])
    expect(graph.edges).toHaveLength(1)
    expect(graph.edges[0]).toMatchObject({
      protocol: 'tcp',
      requestRate: null,
      errorRatio: null,
      bytesPerSecond: { sent: 100, received: 200 },
      mtls: { ratio: 1 },
      responses: [],
    })
  })
})

describe('groups', () => {
  const rows = [
    { from: 'c/n/web-v1', to: 'c/n/api-v1', host: 'api.n.svc', apps: ['web', 'api'], rate: 1 },
    { from: 'c/n/web-v2', to: 'c/n/api-v1', host: 'api.n.svc', apps: ['web', 'api'], rate: 2 },
    { from: 'c/n/web-v2', to: 'c/n/api-v2', host: 'api.n.svc', apps: ['web', 'api'], rate: 4 },
  ] as const
  const lines = (by: 'app' | 'version' | 'service') =>
    linesOf(graphOf([answerOf('p', ['c'], rows)], null, by))

  it('workloads by app', () => {
    expect(lines('app')).toEqual(['app:c/n/web app:c/n/api http 7 200/-=7'])
  })

  it('apps by version', () => {
    expect(lines('version')).toEqual(['app:c/n/web@latest app:c/n/api@latest http 7 200/-=7'])
  })

  it('versions whatever their text', () => {
    const odd: Workload = {
      id: 'workload:c/n/web',
      cluster: 'c',
      namespace: 'n',
      name: 'web',
      kubernetesKind: 'Deployment',
      app: 'web',
      version: '\ud800',
      role: 'workload',
      dataPlane: 'sidecar',
      replicas: { desired: null, current: null, available: null },
      annotations: {},
    }
    const model: MeshModel = { clusters: [], meshes: [], services: [], workloads: [odd] }
    expect(graphOf([], model, 'version').nodes.map(({ id }) => id)).toEqual([
      'app:c/n/web@%EF%BF%BD',
    ])
  })

  it('workloads behind the service they are asked through', () => {
    expect(lines('service')).toEqual([
      'workload:c/n/web-v1 service:c/n/api http 1 200/-=1',
      'workload:c/n/web-v2 service:c/n/api http 6 200/-=6',
    ])
  })
})
