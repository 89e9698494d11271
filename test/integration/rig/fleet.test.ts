import { X509Certificate } from 'node:crypto'
import { KubeConfig, CoreV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRig, type Rig, type RigCluster } from '../../rig/index.ts'

const prometheusPath = '/api/v1/namespaces/istio-system/services/http:prometheus:9090/proxy'
let rig: Rig

beforeAll(async () => {
  rig = await startRig({ clusters: 3, separateMeshes: true, scrapeIntervalSeconds: 1 })
})
afterAll(() => rig.stop())

interface List<T> {
  readonly items: readonly T[]
}

function cluster(name: string): RigCluster {
  const found = rig.clusters.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no cluster ${name}`)
  return found
}

async function get<T>(name: string, path: string): Promise<T> {
  return (await cluster(name).request('GET', path)).json<T>()
}

async function query(name: string, promql: string): Promise<string | undefined> {
  const answer = await get<{ data: { result: { value: [number, string] }[] } }>(
    name,
    `${prometheusPath}/api/v1/query?query=${encodeURIComponent(promql)}`,
  )
  return answer.data.result[0]?.value[1]
}

test('every context of the one kubeconfig signs in, with tokens and certificates', async () => {
  const config = new KubeConfig()
  config.loadFromFile(rig.kubeconfigPath)
  expect(config.getContexts().map(({ name }) => name)).toEqual([
    'eks-east',
    'gke-west',
    'onprem',
    'solo-a',
    'solo-b',
  ])
  for (const { name } of config.getContexts()) {
    config.setCurrentContext(name)
    const nodes = await config.makeApiClient(CoreV1Api).listNode()
    expect(nodes.items.length).toBeGreaterThanOrEqual(3)
  }
  expect(config.getUser('onprem-admin')?.certData).toBeTruthy()
  expect(config.getUser('eks-east-admin')?.token).toBeTruthy()
})

test.each([
  ['eks-east', /^aws:\/\/\/us-east-1/, /-eks-/, 'us-east-1', 'eks.amazonaws.com/nodegroup'],
  ['gke-west', /^gce:\/\//, /-gke\./, 'us-west1', 'cloud.google.com/gke-nodepool'],
  ['onprem', /^$/, /^v1\.\d+\.\d+$/, 'frankfurt-dc1', 'kubernetes.io/hostname'],
  ['solo-a', /^azure:\/\/\//, /^v1\.\d+\.\d+$/, 'westeurope', 'kubernetes.azure.com/cluster'],
  ['solo-b', /^k3s:\/\//, /\+k3s1$/, 'edge', 'kubernetes.io/hostname'],
])('%s has ready nodes as its provider makes them', async (name, id, version, region, label) => {
  const { items } = await get<
    List<{
      metadata: { labels: Record<string, string> }
      spec: { providerID?: string; podCIDR: string }
      status: {
        nodeInfo: { kubeletVersion: string }
        conditions: { type: string; status: string }[]
      }
    }>
  >(name, '/api/v1/nodes')
  for (const { metadata, spec, status } of items) {
    expect(spec.providerID ?? '').toMatch(id)
    expect(status.nodeInfo.kubeletVersion).toMatch(version)
    expect(metadata.labels['topology.kubernetes.io/region']).toBe(region)
    expect(metadata.labels['topology.kubernetes.io/zone']).toBeTruthy()
    expect(metadata.labels).toHaveProperty([label])
    expect(status.conditions.find(({ type }) => type === 'Ready')?.status).toBe('True')
  }
  expect(new Set(items.map(({ spec }) => spec.podCIDR)).size).toBe(items.length)
})

test("each cluster's own Prometheus answers through its API server's Service proxy", async () => {
  for (const { name, prometheus } of rig.clusters)
    prometheus?.addScrapeTargets('self', [
      {
        targets: [new URL(prometheus.loopbackUrl).host],
        labels: { instance: `prometheus-of-${name}` },
      },
    ])
  for (const { name } of rig.clusters) {
    await expect
      .poll(() => query(name, `up{instance="prometheus-of-${name}"}`), { timeout: 30_000 })
      .toBe('1')
    expect(await query(name, 'count(up)')).toBe('1')
  }
})

test('the way into a cluster refuses what is not there', async () => {
  const pods = await get<List<{ metadata: { name: string } }>>(
    'gke-west',
    '/api/v1/namespaces/istio-system/pods?labelSelector=app%3Distiod',
  )
  const istiod = pods.items[0]?.metadata.name ?? ''
  const prometheus = (
    await get<List<{ metadata: { name: string } }>>(
      'gke-west',
      '/api/v1/namespaces/istio-system/pods?labelSelector=app.kubernetes.io/name%3Dprometheus',
    )
  ).items[0]?.metadata.name
  const through = async (pod: string): Promise<number> =>
    (await cluster('gke-west').request('GET', `/api/v1/namespaces/istio-system/pods/${pod}/proxy/`))
      .status
  expect(await through(`${istiod}:9090`)).toBe(503)
  expect(await through(`${prometheus}:9091`)).toBe(503)
  expect(await through(`${prometheus}:9090`)).toBeLessThan(400)
})

test('no object or context names an address of this machine but the API servers’ own', async () => {
  const config = new KubeConfig()
  config.loadFromFile(rig.kubeconfigPath)
  expect(config.getClusters().map(({ server }) => server)).toEqual(
    rig.clusters.map(({ apiServerUrl }) => apiServerUrl),
  )
  const ports = rig.clusters.flatMap(({ prometheus }) =>
    prometheus === null ? [] : [new URL(prometheus.loopbackUrl).port],
  )
  expect(ports).toHaveLength(5)
  for (const kind of ['services', 'pods', 'configmaps', 'secrets', 'endpoints', 'nodes']) {
    const { text } = await cluster('eks-east').request('GET', `/api/v1/${kind}`)
    for (const port of ports) expect(text).not.toContain(`:${port}`)
  }
})

test('clusters of the shared mesh agree on mesh ID and root, the separate ones on neither', async () => {
  const read = async (name: string) => {
    const map = (config: string) =>
      get<{ data: Record<string, string> }>(
        name,
        `/api/v1/namespaces/istio-system/configmaps/${config}`,
      )
    const namespace = await get<{ metadata: { labels: Record<string, string> } }>(
      name,
      '/api/v1/namespaces/istio-system',
    )
    const istiod = await get<{
      spec: {
        template: {
          spec: { containers: { image: string; env: { name: string; value: string }[] }[] }
        }
      }
    }>(name, '/apis/apps/v1/namespaces/istio-system/deployments/istiod')
    const container = istiod.spec.template.spec.containers[0]
    return {
      clusterId: container?.env.find((one) => one.name === 'CLUSTER_ID')?.value,
      version: container?.image.split(':')[1],
      network: namespace.metadata.labels['topology.istio.io/network'],
      mesh: (await map('istio')).data['mesh'],
      root: new X509Certificate((await map('istio-ca-root-cert')).data['root-cert.pem'] ?? '')
        .fingerprint256,
    }
  }
  const [east, west, onprem, soloA, soloB] = await Promise.all(
    rig.clusters.map(({ name }) => read(name)),
  )
  expect(new Set([east, west, onprem].map((one) => one?.root)).size).toBe(1)
  expect(new Set([east, soloA, soloB].map((one) => one?.root)).size).toBe(3)
  expect(new Set([east, west, onprem].map((one) => one?.clusterId)).size).toBe(3)
  expect([soloA?.clusterId, soloB?.clusterId]).toEqual(['Kubernetes', 'Kubernetes'])
  expect(new Set([east, west, onprem].map((one) => one?.network)).size).toBe(2)
  expect(east?.mesh).toContain('meshId:')
  expect(soloA?.mesh).not.toContain('meshId:')
  expect(soloA?.mesh).toBe(soloB?.mesh)
  expect(east?.version).toBe('1.31.0')
})

test('an API server and a Prometheus can be stopped and started again with their data', async () => {
  const one = cluster('solo-b')
  await one.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } }])
  await one.stopApiServer()
  await expect(one.request('GET', '/version')).rejects.toThrow()
  await one.startApiServer()
  expect((await one.request('GET', '/api/v1/namespaces/kept')).status).toBe(200)
  await one.stopPrometheus()
  expect((await one.request('GET', `${prometheusPath}/-/ready`)).status).toBe(503)
  await one.startPrometheus()
  expect((await one.request('GET', `${prometheusPath}/-/ready`)).status).toBe(200)
})
