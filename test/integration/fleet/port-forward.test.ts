import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { FleetSource } from '../../../main/fleet/index.ts'
import { forwardToPod, loadKubeconfig } from '../../../main/kube/index.ts'
import { clusterTools, startCluster, type Cluster } from '../../rig/cluster/index.ts'
import { takePorts, type PortBlock } from '../../rig/net/ports.ts'
import { startSupervisor, type Supervisor } from '../../rig/process/index.ts'
import { ensureTools } from '../../rig/tools/index.ts'
import { allRead, fleetOn, kubeconfigLike, namespace, tokenFor, until } from './support.ts'

let folder = ''
let server: Server
let supervisor: Supervisor
let ports: PortBlock
let cluster: Cluster
let fleet: FleetSource | null = null
const seen: string[] = []

/** Answers the questions of a Prometheus without series; what is tested is the way to it. */
function answer(path: string): object {
  const result = path.includes('time%28%29') ? [Date.now() / 1000, String(Date.now() / 1000)] : []
  const resultType = path.includes('time%28%29') ? 'scalar' : 'vector'
  return { status: 'success', data: { resultType, result } }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-forward-'))
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer(`${request.url ?? ''}${body}`)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  // kwok's kubelet leads port 9090 of any pod here, and knows no other.
  const forwards = join(folder, 'forwards.yaml')
  writeFileSync(
    forwards,
    stringify({
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'ClusterPortForward',
      metadata: { name: 'prometheus' },
      spec: { forwards: [{ ports: [9090], target: { address: '127.0.0.1', port } }] },
    }),
  )
  const tools = await ensureTools(clusterTools)
  supervisor = startSupervisor()
  ports = await takePorts()
  cluster = await startCluster({
    name: 'east',
    index: 1,
    dir: folder,
    provider: 'kubeadm',
    supervisor,
    ports,
    tools,
    egress: () => Promise.resolve(null),
    extraFlags: { kwok: [`--config=${forwards}`] },
  })
  const labels = { app: 'prometheus' }
  await cluster.client.apply([
    namespace('istio-system'),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'istio-system' },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'prometheus-0', namespace: 'istio-system', labels },
      spec: {
        containers: [{ name: 'p', image: 'p:1', ports: [{ name: 'web', containerPort: 9090 }] }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'prometheus', namespace: 'istio-system', labels },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
    },
  ])
})
afterAll(async () => {
  await fleet?.close()
  await cluster?.close()
  await supervisor?.close()
  await ports?.release()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('where the Service proxy is forbidden and port-forward is not, telemetry comes that way', async () => {
  const token = await tokenFor(cluster.client, 'forwarder', [
    {
      apiGroups: [''],
      resources: ['services', 'pods', 'namespaces'],
      verbs: ['get', 'list', 'watch'],
    },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
  ])
  const path = kubeconfigLike(cluster.adminKubeconfigPath, join(folder, 'forwarder'), (config) => {
    config.users = config.users.map(({ name }) => ({ name, user: { token } }))
  })
  await podIsReady()
  fleet = fleetOn([path])
  const [only] = await until(fleet, allRead)
  expect(only?.status.telemetry).toMatchObject({ state: 'ready', reason: null })
  expect(seen).not.toEqual([])
  const question = { name: 'edges', atMs: Date.now(), windowSeconds: 60, identity: 'lean' } as const
  expect(await fleet.ask(question)).toMatchObject([{ ok: true, clusters: ['east'] }])
})

test('a port that the pod does not serve is told, and ends the connection', async () => {
  const [entry] = loadKubeconfig([cluster.adminKubeconfigPath]).contexts
  if (!entry) throw new Error('no context')
  const told: string[] = []
  const pod = { namespace: 'istio-system', name: 'prometheus-0', port: 1234 }
  const forward = await forwardToPod(entry, pod, { onError: (reason) => told.push(reason) })
  try {
    await expect(fetch(`http://127.0.0.1:${forward.localPort}/`)).rejects.toThrow()
    expect(told[0]).toContain('istio-system/prometheus-0:1234')
  } finally {
    await forward.close()
  }
})

async function podIsReady(): Promise<void> {
  const admin = fleetOn([cluster.adminKubeconfigPath])
  try {
    await until(admin, ([one]) =>
      (one?.objects.Pod ?? []).some((pod) =>
        JSON.stringify(pod).includes('"Ready","status":"True"'),
      ),
    )
  } finally {
    await admin.close()
  }
}
