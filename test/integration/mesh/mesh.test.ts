import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject, V1Deployment, V1Pod } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forwardToPod, loadKubeconfig } from '../../../main/kube/index.ts'
import { demoNamespace, demoWorkload } from '../../rig/demo/index.ts'
import {
  installIstio,
  istioNamespace,
  remoteSecret,
  remoteSecretName,
} from '../../rig/istio/index.ts'
import {
  podStates,
  removeDeviations,
  startMesh,
  untilReady,
  whyNoPods,
  type Mesh,
  type PodCluster,
} from '../../rig/pods/index.ts'
import { callFrom, get, podsOf, until } from './calls.ts'

const missing = whyNoPods()
if (missing !== null) {
  if (process.env['CI'] === 'true') throw new Error(missing)
  console.warn(`\nLEFT OUT: everything that needs real istiod and Envoy. ${missing}\n`)
}

describe.skipIf(missing !== null)('a mesh over two clusters on two networks', () => {
  let mesh: Mesh
  beforeAll(async () => {
    mesh = await startMesh({ onProgress: (line) => console.log(line) })
  })
  afterAll(() => mesh?.stop())

  test('istiod is Ready by its own Deployment, its log is served, its port forwarded', async () => {
    const { east } = mesh
    const [pod] = await podsOf(east, istioNamespace, 'istiod')
    expect(pod?.spec?.containers[0]?.image).toBe('registry.istio.io/release/pilot:1.31.0')
    const path = `/api/v1/namespaces/${istioNamespace}/pods/${pod?.metadata?.name}/log`
    expect(await east.api.getText(`${path}?tailLines=5`)).toMatch(/^(.*\n){5}$/)
    expect(await east.api.getText(path)).toContain('FLAG: --domain="cluster.local"')
    const clusters = await forwarded(mesh, pod?.metadata?.name ?? '', 15014, '/debug/clusterz')
    expect(JSON.parse(clusters)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'east', syncStatus: 'synced' }),
        expect.objectContaining({ id: 'west', syncStatus: 'synced' }),
      ]),
    )
  })

  test('a pod in a labelled namespace is injected and serves through its sidecar', async () => {
    const [pod] = await podsOf(mesh.east, 'demo', 'frontend')
    const names = [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])]
    expect(names.map(({ name }) => name).sort()).toEqual(['app', 'istio-init', 'istio-proxy'])
    const answer = await get(`http://${pod?.status?.podIP}:8080/`)
    expect(answer.status).toBe(200)
    expect(answer.headers['server']).toBe('istio-envoy')
    expect(JSON.parse(answer.body)).toMatchObject({ app: 'frontend', pod: pod?.metadata?.name })
  })

  test('a pod in a namespace without the label is left alone', async () => {
    const { client } = mesh.east.cluster
    await client.apply([demoNamespace('plain', {}), ...demoWorkload('plain', { name: 'outsider' })])
    await untilReady(mesh.east.api, 'plain', 'outsider')
    const [pod] = await podsOf(mesh.east, 'plain', 'outsider')
    expect(pod?.spec?.containers.map(({ name }) => name)).toEqual(['app'])
    const answer = await get(`http://${pod?.status?.podIP}:8080/`)
    expect(answer.headers['server']).toBeUndefined()
  })

  test('an invalid VirtualService is refused by the real webhook', async () => {
    const path = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'
    const virtualService = (weights: readonly number[]) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'split' },
      spec: {
        hosts: ['backend'],
        http: [{ route: weights.map((weight) => ({ destination: { host: 'backend' }, weight })) }],
      },
    })
    const create = (body: unknown) =>
      mesh.east.cluster.client.request('POST', `${path}?dryRun=All`, body)
    const refused = await create(virtualService([0, 0]))
    expect(refused.status).toBe(400)
    expect(refused.text).toMatch(/admission webhook \\?".*validation\.istio\.io\\?" denied/)
    expect((await create(virtualService([50, 50]))).status).toBe(201)
  })

  test('pods of the other network are out of reach but for the gateway', async () => {
    const [pod] = await podsOf(mesh.west, 'demo', 'backend')
    const url = `http://${pod?.status?.podIP}:8080/`
    expect((await get(url)).status).toBe(200)
    expect((await callFrom(mesh.east, 'plain', 'outsider', url)).status).toBe(0)
  })

  test('a STRICT workload refuses plaintext and serves the mesh', async () => {
    const { api, cluster } = mesh.west
    const [pod] = await podsOf(mesh.west, 'demo', 'backend')
    const plain = () =>
      get(`http://${pod?.status?.podIP}:8080/`).then(
        ({ status }) => status,
        () => 'refused' as const,
      )
    expect(await plain()).toBe(200)
    await cluster.client.apply([strict('demo')])
    expect(await until(plain, (status) => status === 'refused')).toBe('refused')
    // From another cluster and network: only mutual TLS through the gateway gets here now.
    const called = await callFrom(mesh.east, 'demo', 'frontend', 'http://backend.demo/')
    expect(called.status).toBe(200)
    expect(JSON.parse(called.body)).toMatchObject({ pod: pod?.metadata?.name })
    await api.remove('/apis/security.istio.io/v1/namespaces/demo/peerauthentications/strict')
  })

  test('its traffic is told in Istio’s series by a real Prometheus, from both sides', async () => {
    const query = async (of: PodCluster, reporter: string) => {
      const series = `istio_requests_total{reporter="${reporter}",response_code="200",source_workload="frontend"}`
      const path = `/api/v1/namespaces/${istioNamespace}/services/prometheus:9090/proxy/api/v1/query`
      const { data } = await of.api.get<{ data: { result: { metric: object }[] } }>(
        `${path}?query=${encodeURIComponent(series)}`,
      )
      return data.result
    }
    const common = {
      source_workload: 'frontend',
      source_workload_namespace: 'demo',
      source_cluster: 'east',
      source_principal: 'spiffe://cluster.local/ns/demo/sa/frontend',
      destination_workload: 'backend',
      destination_cluster: 'west',
      destination_principal: 'spiffe://cluster.local/ns/demo/sa/backend',
      destination_service: 'backend.demo.svc.cluster.local',
      destination_service_name: 'backend',
      destination_service_namespace: 'demo',
      request_protocol: 'http',
      response_code: '200',
    }
    for (const [of, reporter, policy] of [
      [mesh.east, 'source', 'unknown'],
      [mesh.west, 'destination', 'mutual_tls'],
    ] as const) {
      const result = await until(
        () => query(of, reporter),
        (series) => series.length > 0,
      )
      expect(result.map(({ metric }) => metric)).toEqual([
        expect.objectContaining({ ...common, reporter, connection_security_policy: policy }),
      ])
    }
  })

  test('without the remote secret the call across clusters fails, with it again it works', async () => {
    const { east, west } = mesh
    const call = () => callFrom(east, 'demo', 'frontend', 'http://backend.demo/')
    expect((await until(call, ({ status }) => status === 200)).status).toBe(200)
    await east.api.remove(`/api/v1/namespaces/${istioNamespace}/secrets/${remoteSecretName(west)}`)
    expect((await until(call, ({ status }) => status !== 200)).status).toBe(503)
    await east.cluster.client.apply([await remoteSecret(west)])
    expect((await until(call, ({ status }) => status === 200)).status).toBe(200)
  })

  test('a wrong env in istiod’s Deployment is seen as not ready', async () => {
    const { api } = mesh.east
    const path = `/apis/apps/v1/namespaces/${istioNamespace}/deployments/istiod`
    const set = (value: string | null) =>
      api.patch(path, {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'discovery',
                  env: [
                    value === null
                      ? { name: 'KUBERNETES_SERVICE_PORT', $patch: 'delete' }
                      : { name: 'KUBERNETES_SERVICE_PORT', value },
                  ],
                },
              ],
            },
          },
        },
      })
    await set('1')
    const broken = await until(
      async () => {
        const { items } = await api.get<{ items: V1Pod[] }>(
          `/api/v1/namespaces/${istioNamespace}/pods?labelSelector=app%3Distiod`,
        )
        return items.map(({ status }) => status?.containerStatuses?.[0])
      },
      (statuses) => statuses.some((status) => (status?.restartCount ?? 0) > 0),
    )
    expect(broken.filter((status) => status?.ready === false)).toHaveLength(1)
    const { status } = await api.get<V1Deployment>(path)
    // The rollout waits: the istiod that was there still serves.
    expect(status).toMatchObject({ readyReplicas: 1, updatedReplicas: 1, unavailableReplicas: 1 })
    await set(null)
    await untilReady(api, istioNamespace, 'istiod')
  })

  test('istiod 1.30 comes up as a second revision and injects its own proxy', async () => {
    const { east, root, meshId } = mesh
    await installIstio(east, { version: '1.30.0', revision: '1-30', meshId, root })
    await east.cluster.client.apply([
      demoNamespace('older', { 'istio.io/rev': '1-30' }),
      ...demoWorkload('older', { name: 'caller' }),
    ])
    await untilReady(east.api, 'older', 'caller')
    const [pod] = await podsOf(east, 'older', 'caller')
    const all = [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])]
    expect(all.find(({ name }) => name === 'istio-proxy')?.image).toBe(
      'registry.istio.io/release/proxyv2:1.30.0',
    )
    // Its proxy, of the older line, calls across clusters like any other of the mesh.
    const call = () => callFrom(east, 'older', 'caller', 'http://backend.demo/')
    expect((await until(call, ({ status }) => status === 200)).status).toBe(200)
  })

  test('a container of an unknown release is not run', async () => {
    const { api, cluster } = mesh.west
    await cluster.client.apply([
      demoNamespace('nowhere', {}),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'wrong', namespace: 'nowhere' },
        spec: { containers: [{ name: 'a', image: 'registry.istio.io/release/pilot:9.9.9' }] },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'foreign', namespace: 'nowhere' },
        spec: { containers: [{ name: 'b', image: 'docker.io/library/nginx:1' }] },
      },
    ])
    const state = await until(
      () => podStates(api, 'nowhere'),
      (text) => text.includes('ErrImagePull') && text.includes('b Running,'),
    )
    expect(state).toContain('a ErrImagePull (not ready)')
    // What the rig has no program for at all is shown the way kwok shows pods.
    expect(state).toContain('foreign Running: b Running, 0 restarts')
  })

  test('what the rig itself keeps beside istiod can be taken away', async () => {
    const paths = [
      '/apis/telemetry.istio.io/v1/telemetries',
      '/apis/networking.istio.io/v1alpha3/envoyfilters',
    ]
    const names = async () => {
      const lists = await Promise.all(
        paths.map((path) => mesh.west.api.get<{ items: KubernetesObject[] }>(path)),
      )
      return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name))
    }
    expect(await names()).toEqual(['rig-upstream-envoy', 'rig-upstream-envoy'])
    await removeDeviations(mesh.west.api, istioNamespace)
    expect(await names()).toEqual([])
  })

  test('after stop nothing is left', async () => {
    const { run, dir } = mesh.fleet
    expect(namespaces(run).length).toBeGreaterThan(4)
    expect(processesNaming(dir).length).toBeGreaterThan(10)
    await mesh.stop()
    expect(namespaces(run)).toEqual([])
    expect(processesNaming(dir)).toEqual([])
    expect(existsSync(dir)).toBe(false)
    expect(execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })).not.toContain(`smm-r${run}c`)
  })
})

describe.skipIf(missing !== null)('a rig that is killed', () => {
  test('takes its namespaces, processes and folder along', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'one-cluster.main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
      child.once('exit', () => reject(new Error('it ended before it was up')))
    })
    const { run, dir } = JSON.parse(line) as { run: number; dir: string }
    expect(namespaces(run).length).toBeGreaterThan(2)
    child.kill('SIGKILL')
    const left = await until(
      async () => [...namespaces(run), ...processesNaming(dir), ...(existsSync(dir) ? [dir] : [])],
      (things) => things.length === 0,
    )
    expect(left).toEqual([])
  })
})

function strict(namespace: string) {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'strict', namespace },
    spec: { mtls: { mode: 'STRICT' } },
  }
}

function namespaces(run: number): string[] {
  return readdirSync('/run/netns').filter((name) => name.startsWith(`smm-r${run}-`))
}

/** Command lines of processes on this machine that name `text`. */
function processesNaming(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((command) => command.includes(text))
}

/** One HTTP GET to a port of a pod's own loopback, through the API server's port-forward. */
async function forwarded(mesh: Mesh, name: string, port: number, path: string): Promise<string> {
  const { contexts } = loadKubeconfig([mesh.fleet.kubeconfigPath])
  const east = contexts.find(({ name }) => name === 'east')
  if (east === undefined) throw new Error('no context east')
  const reasons: string[] = []
  const forward = await forwardToPod(
    east,
    { namespace: istioNamespace, name, port },
    { onError: (reason) => reasons.push(reason) },
  )
  try {
    return (await get(`http://127.0.0.1:${forward.localPort}${path}`)).body
  } catch (error) {
    throw new Error(reasons.join('; '), { cause: error })
  } finally {
    await forward.close()
  }
}
