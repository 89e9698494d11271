import { expect, test } from 'vitest'
import type { ClusterSnapshot, FleetSnapshot } from '../fleet/index.ts'
import type { KubeObject } from '../kube/index.ts'
import { buildMeshModel } from './index.ts'

type Extra = Omit<Partial<KubeObject>, 'metadata'> & { metadata?: Partial<KubeObject['metadata']> }

function object(kind: string, namespace: string, name: string, extra: Extra = {}): KubeObject {
  const { metadata, ...fields } = extra
  return {
    apiVersion: 'v1',
    kind,
    ...fields,
    metadata: {
      name,
      uid: `${kind}-${namespace}-${name}`,
      ...(namespace && { namespace }),
      ...metadata,
    },
  }
}

function cluster(name: string, objects: ClusterSnapshot['objects']): ClusterSnapshot {
  return {
    status: {
      name,
      contexts: [name],
      uid: name,
      identityAssumed: false,
      state: 'ready',
      sinceMs: 0,
      reason: null,
      remedy: null,
      kubernetesVersion: 'v1.34.1',
      telemetry: { state: 'missing', endpoint: null, reason: null, remedy: null, answeredMs: null },
    },
    objects,
    unreadable: {},
  }
}

const fleet = (...clusters: ClusterSnapshot[]): FleetSnapshot => ({
  revision: 1,
  atMs: 0,
  clusters,
})

function deployment(
  namespace: string,
  name: string,
  labels: Record<string, string>,
  extra: Extra = {},
): KubeObject {
  return object('Deployment', namespace, name, {
    spec: { replicas: 1, template: { metadata: { labels }, spec: { containers: [] } } },
    status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
    ...extra,
  })
}

interface IstiodOptions {
  readonly clusterId?: string
  readonly revision?: string
  readonly status?: Record<string, number>
}

function istiod({ clusterId, revision = 'default', status }: IstiodOptions = {}): KubeObject {
  const name = revision === 'default' ? 'istiod' : `istiod-${revision}`
  const container = {
    name: 'discovery',
    image: 'registry.istio.io/release/pilot:1.31.0-distroless',
    ...(clusterId ? { env: [{ name: 'CLUSTER_ID', value: clusterId }] } : {}),
  }
  return deployment(
    'istio-system',
    name,
    {},
    {
      metadata: { labels: { app: 'istiod', 'istio.io/rev': revision }, generation: 2 },
      spec: {
        replicas: 1,
        template: { metadata: { labels: { app: 'istiod' } }, spec: { containers: [container] } },
      },
      status: status ?? {
        replicas: 1,
        updatedReplicas: 1,
        availableReplicas: 1,
        observedGeneration: 2,
      },
    },
  )
}

function meshObjects(options: {
  meshId?: string
  roots?: string[]
  network?: string
  istiods?: KubeObject[]
  extra?: ClusterSnapshot['objects']
}): ClusterSnapshot['objects'] {
  const mesh = `trustDomain: td.example\ndefaultConfig:\n  ${options.meshId ? `meshId: ${options.meshId}` : 'discoveryAddress: x'}\n`
  return {
    Deployment: options.istiods ?? [istiod()],
    ConfigMap: [
      object('ConfigMap', 'istio-system', 'istio', { data: { mesh } }),
      object('ConfigMap', 'istio-system', 'istio-ca-root-cert', {
        rootCertificates: (options.roots ?? ['r1']).map((fingerprint) => ({ fingerprint })),
      }),
    ],
    Namespace: [
      object('Namespace', '', 'istio-system', {
        metadata: {
          labels: options.network ? { 'topology.istio.io/network': options.network } : {},
        },
      }),
    ],
    ...options.extra,
  }
}

test('a cluster tells its control plane, mesh, network and trust', () => {
  const model = buildMeshModel(
    fleet(
      cluster(
        'east',
        meshObjects({ meshId: 'm1', network: 'n1', istiods: [istiod({ clusterId: 'c1' })] }),
      ),
    ),
  )
  expect(model.clusters[0]).toMatchObject({
    name: 'east',
    istioClusterId: 'c1',
    mesh: 'm1@r1',
    meshId: 'm1',
    trustDomain: 'td.example',
    network: 'n1',
    rootFingerprint: 'r1',
    controlPlanes: [
      {
        name: 'istiod',
        namespace: 'istio-system',
        revision: 'default',
        version: '1.31.0',
        ready: true,
      },
    ],
  })
})

test('without names of its own a cluster is what Istio calls it by default', () => {
  const model = buildMeshModel(fleet(cluster('east', { Deployment: [istiod()] })))
  expect(model.clusters[0]).toMatchObject({
    istioClusterId: 'Kubernetes',
    meshId: 'cluster.local',
    trustDomain: 'cluster.local',
    network: null,
    rootFingerprint: null,
  })
})

test('a cluster without Istio has no mesh', () => {
  const model = buildMeshModel(fleet(cluster('plain', { Deployment: [], Pod: [], Namespace: [] })))
  expect(model.meshes).toEqual([])
  expect(model.clusters[0]).toMatchObject({ mesh: null, meshId: null, istioClusterId: null })
})

test.each([
  ['no pod is up', { replicas: 1, updatedReplicas: 1, observedGeneration: 2 }],
  [
    'the newest template was not looked at yet',
    { replicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
  ],
  [
    'an old pod answers while its successor cannot start',
    { replicas: 2, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 2 },
  ],
])('istiod is not ready when %s', (_case, status) => {
  const model = buildMeshModel(fleet(cluster('east', { Deployment: [istiod({ status })] })))
  expect(model.clusters[0]?.controlPlanes[0]?.ready).toBe(false)
})

test('two revisions are two control planes, and the default one names the cluster', () => {
  const istiods = [istiod({ revision: 'canary', clusterId: 'x' }), istiod({ clusterId: 'c1' })]
  const [model] = buildMeshModel(fleet(cluster('east', meshObjects({ istiods })))).clusters
  expect(model?.controlPlanes.map(({ revision }) => revision)).toEqual(['canary', 'default'])
  expect(model?.istioClusterId).toBe('c1')
})

test('meshes are clusters that share a mesh ID and a root', () => {
  const model = buildMeshModel(
    fleet(
      cluster('east', meshObjects({ meshId: 'm1', roots: ['r1', 'r2'] })),
      cluster('alone', meshObjects({ meshId: 'm1', roots: ['r9'] })),
      cluster('west', meshObjects({ meshId: 'm1', roots: ['r2'] })),
      cluster('other', meshObjects({ meshId: 'm2', roots: ['r1'] })),
    ),
  )
  expect(model.meshes.map(({ clusters }) => clusters)).toEqual([
    ['east', 'west'],
    ['alone'],
    ['other'],
  ])
  expect(new Set(model.meshes.map(({ id }) => id)).size).toBe(3)
  expect(new Set(model.meshes.map(({ name }) => name)).size).toBe(3)
})

test('two installs that both call themselves Kubernetes and cluster.local are two meshes', () => {
  const model = buildMeshModel(
    fleet(cluster('a', { Deployment: [istiod()] }), cluster('b', { Deployment: [istiod()] })),
  )
  expect(model.meshes.map(({ clusters }) => clusters)).toEqual([['a'], ['b']])
  expect(model.meshes[0]?.id).not.toBe(model.meshes[1]?.id)
})

test('a remote cluster is named by its injection webhook and joins the mesh of its root', () => {
  const webhook = object('MutatingWebhookConfiguration', '', 'istio-sidecar-injector', {
    webhooks: [{ clientConfig: { service: { path: '/inject/cluster/c2/net/n2' } } }],
  })
  const root = object('ConfigMap', 'istio-system', 'istio-ca-root-cert', {
    rootCertificates: [{ fingerprint: 'r1' }],
  })
  const model = buildMeshModel(
    fleet(
      cluster('primary', meshObjects({ meshId: 'm1' })),
      cluster('remote', {
        Deployment: [],
        ConfigMap: [root],
        MutatingWebhookConfiguration: [webhook],
      }),
    ),
  )
  expect(model.clusters[1]).toMatchObject({ istioClusterId: 'c2', network: 'n2', mesh: 'm1@r1' })
  expect(model.meshes[0]?.clusters).toEqual(['primary', 'remote'])
})

function workload(objects: ClusterSnapshot['objects'], name: string) {
  const found = buildMeshModel(fleet(cluster('c', objects))).workloads.find(
    (one) => one.name === name,
  )
  if (!found) throw new Error(`no workload ${name}`)
  return found
}

test.each<[Record<string, string>, string, string]>([
  [{}, 'web', 'latest'],
  [{ app: 'a', version: 'v1' }, 'a', 'v1'],
  [
    { app: 'a', 'app.kubernetes.io/name': 'b', version: 'v1', 'app.kubernetes.io/version': 'v2' },
    'b',
    'v2',
  ],
  [
    {
      'app.kubernetes.io/name': 'b',
      'app.kubernetes.io/version': 'v2',
      'service.istio.io/canonical-name': 'c',
      'service.istio.io/canonical-revision': 'v3',
    },
    'c',
    'v3',
  ],
])('canonical names of %o', (labels, app, version) => {
  expect(workload({ Deployment: [deployment('shop', 'web', labels)] }, 'web')).toMatchObject({
    id: 'workload:c/shop/web',
    app,
    version,
  })
})

const pod = (
  name: string,
  owner: [kind: string, name: string, uid: string] | null,
  extra: Extra = {},
): KubeObject =>
  object('Pod', 'shop', name, {
    spec: { containers: [{ name: 'app' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    ...extra,
    metadata: {
      ...(owner
        ? { ownerReferences: [{ kind: owner[0], name: owner[1], uid: owner[2], controller: true }] }
        : {}),
      ...extra.metadata,
    },
  })

test('pods are counted for who owns them; owners of other makes and bare pods are workloads too', () => {
  const objects = {
    Deployment: [deployment('shop', 'web', {})],
    ReplicaSet: [
      object('ReplicaSet', 'shop', 'web-1', {
        metadata: {
          uid: 'rs1',
          ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'd', controller: true }],
        },
      }),
      object('ReplicaSet', 'shop', 'roll-1', {
        metadata: {
          uid: 'rs2',
          ownerReferences: [{ kind: 'Rollout', name: 'roll', uid: 'r', controller: true }],
        },
      }),
    ],
    Pod: [
      pod('web-1-a', ['ReplicaSet', 'web-1', 'rs1']),
      pod('roll-1-a', ['ReplicaSet', 'roll-1', 'rs2']),
      pod('gone-5d8-x', ['ReplicaSet', 'gone-5d8', 'rs3'], {
        metadata: { labels: { 'pod-template-hash': '5d8' } },
      }),
      pod('tidy-28912345-a', ['Job', 'tidy-28912345', 'j1']),
      pod('once-a', ['Job', 'once', 'j2'], { status: { phase: 'Succeeded' } }),
      pod('lonely', null),
    ],
  }
  const { workloads } = buildMeshModel(fleet(cluster('c', objects)))
  expect(workloads.map(({ name, kubernetesKind }) => [name, kubernetesKind])).toEqual([
    ['web', 'Deployment'],
    ['roll', 'Rollout'],
    ['gone', 'Deployment'],
    ['tidy', 'CronJob'],
    ['once', 'Job'],
    ['lonely', 'Pod'],
  ])
  expect(workload(objects, 'once').replicas).toEqual({ desired: null, current: 0, available: 0 })
  expect(workload(objects, 'lonely').replicas).toEqual({ desired: 1, current: 1, available: 1 })
})

test('replicas are what the controller says', () => {
  const daemonSet = object('DaemonSet', 'shop', 'agent', {
    spec: { template: {} },
    status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberAvailable: 2 },
  })
  expect(workload({ DaemonSet: [daemonSet] }, 'agent').replicas).toEqual({
    desired: 3,
    current: 3,
    available: 2,
  })
  const idle = deployment('shop', 'idle', {}, { spec: { replicas: 0, template: {} }, status: {} })
  expect(workload({ Deployment: [idle] }, 'idle').replicas).toEqual({
    desired: 0,
    current: 0,
    available: 0,
  })
})

test('roles: control plane, ztunnel, waypoint, gateways by label, template or selector', () => {
  const objects = {
    Deployment: [
      istiod(),
      deployment('shop', 'waypoint', {
        'gateway.istio.io/managed': 'istio.io-mesh-controller',
        'gateway.networking.k8s.io/gateway-name': 'waypoint',
      }),
      deployment('shop', 'api-gw', { 'gateway.networking.k8s.io/gateway-name': 'api' }),
      deployment('shop', 'selected', { istio: 'edge' }),
      deployment(
        'shop',
        'injected',
        {},
        {
          spec: {
            template: { metadata: { annotations: { 'inject.istio.io/templates': 'gateway' } } },
          },
        },
      ),
      deployment('shop', 'plain', { app: 'plain' }),
    ],
    DaemonSet: [
      object('DaemonSet', 'istio-system', 'ztunnel', {
        spec: { template: { metadata: { labels: { app: 'ztunnel' } } } },
      }),
    ],
    IstioGateway: [
      object('Gateway', 'shop', 'g', { spec: { selector: { istio: 'edge' } } }),
      object('Gateway', 'shop', 'empty', { spec: {} }),
    ],
  }
  const model = buildMeshModel(fleet(cluster('c', objects)))
  expect(Object.fromEntries(model.workloads.map(({ name, role }) => [name, role]))).toEqual({
    istiod: 'controlPlane',
    waypoint: 'waypoint',
    'api-gw': 'gateway',
    selected: 'gateway',
    injected: 'gateway',
    plain: 'workload',
    ztunnel: 'ztunnel',
  })
  expect(model.clusters[0]?.counts.gateways).toBe(3)
})

const namespace = (labels: Record<string, string>): KubeObject[] => [
  object('Namespace', '', 'shop', { metadata: { labels } }),
]

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['a labelled namespace', { 'istio-injection': 'enabled' }, {}, 'sidecar'],
  ['a revision', { 'istio.io/rev': 'canary' }, {}, 'sidecar'],
  [
    'a disabled namespace with a revision',
    { 'istio-injection': 'disabled', 'istio.io/rev': 'x' },
    {},
    'none',
  ],
  [
    'a pod that opts out',
    { 'istio-injection': 'enabled' },
    { 'sidecar.istio.io/inject': 'false' },
    'none',
  ],
  ['a pod that opts in', {}, { 'sidecar.istio.io/inject': 'true' }, 'sidecar'],
  ['ambient', { 'istio.io/dataplane-mode': 'ambient' }, {}, 'ambient'],
  [
    'ambient with a revision',
    { 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'x' },
    {},
    'ambient',
  ],
  [
    'a pod that leaves ambient',
    { 'istio.io/dataplane-mode': 'ambient' },
    { 'istio.io/dataplane-mode': 'none' },
    'none',
  ],
  ['nothing', {}, {}, 'none'],
])(
  'before pods run, the data plane is what is intended: %s',
  (_case, namespaceLabels, labels, dataPlane) => {
    const objects = {
      Namespace: namespace(namespaceLabels),
      Deployment: [deployment('shop', 'web', labels)],
    }
    expect(workload(objects, 'web').dataPlane).toBe(dataPlane)
  },
)

test('once pods run, the data plane is what they show', () => {
  const owned = (extra: Extra): ClusterSnapshot['objects'] => ({
    Namespace: namespace({ 'istio-injection': 'enabled' }),
    Deployment: [deployment('shop', 'web', {})],
    Pod: [
      pod('web-x-y', ['ReplicaSet', 'web-x', 'rs'], {
        ...extra,
        metadata: { labels: { 'pod-template-hash': 'x' }, ...extra.metadata },
      }),
    ],
  })
  expect(workload(owned({}), 'web').dataPlane).toBe('none')
  const native = {
    spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'istio-proxy' }] },
  }
  expect(workload(owned(native), 'web').dataPlane).toBe('sidecar')
  const captured = {
    metadata: {
      labels: { 'pod-template-hash': 'x' },
      annotations: { 'ambient.istio.io/redirection': 'enabled' },
    },
  }
  expect(workload(owned(captured), 'web').dataPlane).toBe('ambient')
})

test('services with their protocols, and the hosts of ServiceEntries', () => {
  const { services } = buildMeshModel(
    fleet(
      cluster('c', {
        Service: [
          object('Service', 'shop', 'web', {
            spec: {
              ports: [
                { port: 80, name: 'http-web', protocol: 'TCP' },
                { port: 90, name: 'api', appProtocol: 'kubernetes.io/h2c' },
                { port: 5432, name: 'db' },
                { port: 53, protocol: 'UDP' },
              ],
            },
          }),
        ],
        ServiceEntry: [
          object('ServiceEntry', 'shop', 'pay', {
            spec: {
              hosts: ['pay.example', '*.bank.example'],
              ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
            },
          }),
        ],
      }),
    ),
  )
  expect(services.map(({ id, kind, hosts }) => [id, kind, hosts])).toEqual([
    ['service:c/shop/web', 'Service', ['web.shop.svc.cluster.local']],
    ['service:c/shop/pay.example', 'ServiceEntry', ['pay.example']],
    ['service:c/shop/*.bank.example', 'ServiceEntry', ['*.bank.example']],
  ])
  expect(services[0]?.ports.map(({ protocol }) => protocol)).toEqual([
    'http',
    'http2',
    'tcp',
    'udp',
  ])
  expect(services[1]?.ports).toEqual([{ port: 443, name: 'https', protocol: 'https' }])
})

test('what may not be read is not counted as zero', () => {
  const model = buildMeshModel(fleet(cluster('c', { Service: [] })))
  expect(model.clusters[0]?.counts).toEqual({
    nodes: null,
    namespaces: null,
    workloads: null,
    services: 0,
    gateways: null,
  })
})

test('only clusters that changed are computed again', () => {
  const still = cluster('still', { Deployment: [deployment('shop', 'web', {})] })
  const first = buildMeshModel(fleet(still, cluster('busy', {})))
  const second = buildMeshModel(fleet(still, cluster('busy', {})))
  expect(second.workloads[0]).toBe(first.workloads[0])
})

test('strange objects do no harm', () => {
  const odd = object('Deployment', 'shop', 'odd', { spec: 'no', status: [1] })
  const model = buildMeshModel(
    fleet(
      cluster('c', {
        Deployment: [odd],
        Pod: [object('Pod', 'shop', 'p', { spec: { containers: [null, 3] } })],
        ConfigMap: [
          object('ConfigMap', 'istio-system', 'istio', { data: { mesh: '{not: [yaml' } }),
        ],
        Service: [object('Service', 'shop', 's', { spec: { ports: 'none' } })],
        ServiceEntry: [object('ServiceEntry', 'shop', 'e', { spec: { hosts: [1, 'ok.example'] } })],
      }),
    ),
  )
  expect(model.workloads.map(({ name }) => name)).toEqual(['odd', 'p'])
  expect(model.services.map(({ name }) => name)).toEqual(['s', 'ok.example'])
})

test('a name that is no well-formed text has an id all the same', () => {
  const model = buildMeshModel(
    fleet(cluster('c\ud800', { Deployment: [deployment('shop', 'half\ud800', {})] })),
  )
  expect(model.workloads.map(({ id }) => id)).toEqual(['workload:c%EF%BF%BD/shop/half%EF%BF%BD'])
})
