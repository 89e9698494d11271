import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FleetSource } from '../../../main/fleet/index.ts'
import { buildMeshModel } from '../../../main/mesh/index.ts'
import { startRig, type Rig, type RigCluster } from '../../rig/index.ts'
import {
  allRead,
  deployment,
  fleetOn,
  kubeconfigLike,
  named,
  names,
  namespace,
  tokenFor,
  until,
} from './support.ts'

let rig: Rig
let folder = ''
let fleet: FleetSource | null = null

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-fleet-'))
  rig = await startRig({ clusters: 2, separateMeshes: true })
  for (const cluster of rig.clusters) await cluster.apply([namespace('shop')])
})
afterEach(async () => {
  await fleet?.close()
  fleet = null
})
afterAll(async () => {
  await rig?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function rigCluster(index: number): RigCluster {
  const cluster = rig.clusters[index]
  if (!cluster) throw new Error('the rig is too small')
  return cluster
}

const edges = () =>
  ({ name: 'edges', atMs: Date.now(), windowSeconds: 60, identity: 'lean' }) as const

test('a fleet of real clusters: identity, objects, telemetry and what Istio makes of them', async () => {
  fleet = fleetOn([rig.kubeconfigPath])
  const clusters = await until(fleet, allRead)
  expect(clusters.map(({ status }) => status.name)).toEqual(rig.clusters.map(({ name }) => name))
  for (const { status, objects } of clusters) {
    expect(status).toMatchObject({ state: 'ready', reason: null, identityAssumed: false })
    expect(status.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(status.kubernetesVersion).toMatch(/^v1\./)
    expect(status.telemetry).toMatchObject({
      state: 'ready',
      endpoint: 'Service istio-system/prometheus',
    })
    expect(objects.Node?.length).toBeGreaterThan(0)
    expect(objects.VirtualService).toEqual([])
  }
  const model = buildMeshModel(fleet.snapshot())
  const shared = rig.clusters.slice(0, 2).map(({ name }) => name)
  expect(model.meshes.map((mesh) => mesh.clusters)).toEqual([
    shared,
    ...rig.clusters.slice(2).map(({ name }) => [name]),
  ])
  for (const { name, provider } of rig.clusters) {
    const found = model.clusters.find((cluster) => cluster.name === name)
    expect(found?.distribution.toLowerCase()).toBe(provider)
    expect(found?.controlPlanes).toMatchObject([{ ready: true }])
  }
  const answers = await fleet.ask(edges())
  expect(answers.map(({ clusters: of, ok }) => [of, ok])).toEqual(
    rig.clusters.map(({ name }) => [[name], true]),
  )
  const [one] = await fleet.ask(edges(), { clusters: [rigCluster(1).name] })
  expect(one?.clusters).toEqual([rigCluster(1).name])
  await expect(fleet.ask(edges(), { signal: AbortSignal.abort() })).rejects.toThrow()
})

test('what is made, changed and removed in a cluster is seen', async () => {
  fleet = fleetOn([rig.kubeconfigPath])
  await until(fleet, allRead)
  const { name, apply, request } = rigCluster(0)
  await apply([deployment('shop', 'made')])
  await until(fleet, (clusters) =>
    names(named(clusters, name), 'Deployment', 'shop').includes('made'),
  )
  const ready = await until(fleet, (clusters) => {
    const made = named(clusters, name).objects.Deployment?.find(
      (one) => one.metadata.name === 'made',
    )
    const status = made?.['status'] as { availableReplicas?: number } | undefined
    return status?.availableReplicas === 1
  })
  const made = named(ready, name).objects.Deployment?.find((one) => one.metadata.name === 'made')
  expect(made?.metadata).not.toHaveProperty('managedFields')
  const workload = buildMeshModel(fleet.snapshot()).workloads.find((one) => one.name === 'made')
  expect(workload).toMatchObject({ cluster: name, namespace: 'shop', replicas: { available: 1 } })
  await request('DELETE', '/apis/apps/v1/namespaces/shop/deployments/made')
  await until(
    fleet,
    (clusters) => !names(named(clusters, name), 'Deployment', 'shop').includes('made'),
  )
})

test('a restarted API server has forgotten its history: no object is missed or kept too long', async () => {
  fleet = fleetOn([rig.kubeconfigPath], { contexts: [rigCluster(0).name] })
  const cluster = rigCluster(0)
  await cluster.apply([deployment('shop', 'stays'), deployment('shop', 'goes')])
  const before = ['goes', 'stays']
  await until(fleet, (clusters) =>
    before.every((one) => names(named(clusters, cluster.name), 'Deployment', 'shop').includes(one)),
  )
  const version = await listVersion(cluster)
  await cluster.stopApiServer()
  await until(fleet, (clusters) => named(clusters, cluster.name).status.state === 'unreachable')
  expect(names(named(fleet.snapshot().clusters, cluster.name), 'Deployment', 'shop')).toEqual(
    before,
  )
  await cluster.startApiServer()
  await cluster.request('DELETE', '/apis/apps/v1/namespaces/shop/deployments/goes')
  await cluster.apply([deployment('shop', 'comes')])
  await until(fleet, (clusters) => {
    const now = named(clusters, cluster.name)
    return (
      now.status.state === 'ready' &&
      names(now, 'Deployment', 'shop').join() === ['comes', 'stays'].join()
    )
  })
  const watch = await cluster.request(
    'GET',
    `/apis/apps/v1/deployments?watch=1&timeoutSeconds=1&resourceVersion=${version}`,
  )
  // Otherwise this test has not tested what it says.
  expect(watch.text).toContain('"code":410')
  await cluster.request('DELETE', '/apis/apps/v1/namespaces/shop/deployments/stays')
  await cluster.request('DELETE', '/apis/apps/v1/namespaces/shop/deployments/comes')
})

async function listVersion(cluster: RigCluster): Promise<string> {
  const list = await cluster.request('GET', '/apis/apps/v1/deployments?limit=1')
  return list.json<{ metadata: { resourceVersion: string } }>().metadata.resourceVersion
}

test('a dead API server is unreachable with reason and remedy; the others go on; it comes back by itself', async () => {
  fleet = fleetOn([rig.kubeconfigPath])
  await until(fleet, allRead)
  const [dead, alive] = [rigCluster(1), rigCluster(0)]
  await dead.stopApiServer()
  const clusters = await until(fleet, (now) => named(now, dead.name).status.state === 'unreachable')
  expect(named(clusters, dead.name).status.reason).toContain('refuses connections')
  expect(named(clusters, dead.name).status.remedy).not.toBeNull()
  expect(named(clusters, dead.name).objects.Node?.length).toBeGreaterThan(0)
  await alive.apply([deployment('shop', 'meanwhile')])
  await until(fleet, (now) =>
    names(named(now, alive.name), 'Deployment', 'shop').includes('meanwhile'),
  )
  const answers = await fleet.ask(edges())
  expect(answers.map(({ ok }) => ok)).toEqual([true, false, true, true])
  await dead.startApiServer()
  await until(fleet, (now) => named(now, dead.name).status.state === 'ready')
  expect((await fleet.ask(edges())).every(({ ok }) => ok)).toBe(true)
  await alive.request('DELETE', '/apis/apps/v1/namespaces/shop/deployments/meanwhile')
})

test('a dead Prometheus fails alone, with its reason, and is asked again', async () => {
  fleet = fleetOn([rig.kubeconfigPath])
  await until(fleet, allRead)
  const cluster = rigCluster(0)
  await cluster.stopPrometheus()
  const answers = await fleet.ask(edges())
  expect(answers.map(({ ok }) => ok)).toEqual([false, true, true, true])
  expect(answers[0]).toMatchObject({
    reason: expect.stringContaining('Service istio-system/prometheus') as string,
  })
  await until(fleet, (now) => named(now, cluster.name).status.telemetry.state === 'failing')
  expect(named(fleet.snapshot().clusters, cluster.name).status.state).toBe('ready')
  await cluster.startPrometheus()
  const again = await fleet.ask(edges())
  expect(again.every(({ ok }) => ok)).toBe(true)
  await until(fleet, (now) => named(now, cluster.name).status.telemetry.state === 'ready')
})

test('a user with few rights sees what they may, and which kinds they may not', async () => {
  const cluster = rigCluster(0)
  await cluster.apply([deployment('shop', 'visible')])
  const rules = [
    {
      apiGroups: ['', 'apps'],
      resources: ['namespaces', 'services', 'deployments'],
      verbs: ['list', 'watch'],
    },
  ]
  const token = await tokenFor(cluster, 'few-rights', rules)
  fleet = fleetOn([asUser(cluster, 'few', token)])
  const [only] = await until(fleet, allRead)
  expect(only?.status).toMatchObject({ state: 'degraded', identityAssumed: true, uid: null })
  expect(only?.status.reason).toContain('Node')
  expect(only?.unreadable).toMatchObject({
    Node: 'forbidden',
    Pod: 'forbidden',
    VirtualService: 'forbidden',
  })
  expect(only?.unreadable.Deployment).toBeUndefined()
  expect(only?.objects.Node).toBeUndefined()
  expect(only && names(only, 'Deployment', 'shop')).toContain('visible')
  expect(only?.status.telemetry.state).toBe('failing')
  expect(only?.status.telemetry.remedy).toContain('services/proxy')
})

test('a user of one namespace sees that namespace', async () => {
  const cluster = rigCluster(0)
  await cluster.apply([deployment('shop', 'visible'), deployment('default', 'hidden')])
  const rules = [{ apiGroups: ['', 'apps'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]
  const token = await tokenFor(cluster, 'one-namespace', rules, 'shop')
  fleet = fleetOn([asUser(cluster, 'one', token, 'shop')])
  const [only] = await until(fleet, allRead)
  expect(only?.status.state).toBe('degraded')
  expect(only?.unreadable).toMatchObject({
    Deployment: 'only namespace shop',
    Namespace: 'forbidden',
  })
  expect(only?.objects.Deployment?.map(({ metadata }) => metadata.name)).toEqual(['visible'])
})

test('credentials that are not accepted are unauthorized, not unreachable', async () => {
  fleet = fleetOn([asUser(rigCluster(0), 'wrong', 'no-such-token')])
  const [only] = await until(fleet, allRead)
  expect(only?.status).toMatchObject({ state: 'unauthorized' })
  expect(only?.status.reason).toContain('401')
  expect(JSON.stringify(fleet.snapshot())).not.toContain('no-such-token')
})

test('a certificate of another authority is told apart from a dead server', async () => {
  const other = kubeconfigLike(rigCluster(1).adminKubeconfigPath, join(folder, 'ca'), (config) => {
    for (const one of config.clusters) one.cluster['server'] = rigCluster(0).apiServerUrl
  })
  fleet = fleetOn([other])
  const [only] = await until(fleet, allRead)
  expect(only?.status.state).toBe('unreachable')
  expect(only?.status.reason).toContain('certificate authority')
})

test('two addresses of one cluster are one cluster, two users of one address too', async () => {
  const path = kubeconfigLike(
    rigCluster(0).adminKubeconfigPath,
    join(folder, 'twice'),
    (config) => {
      const [cluster] = config.clusters
      const [context] = config.contexts
      if (!cluster || !context) throw new Error('an empty kubeconfig')
      const elsewhere = rigCluster(0).apiServerUrl.replace('127.0.0.1', 'localhost')
      config.clusters.push({ name: 'b', cluster: { ...cluster.cluster, server: elsewhere } })
      config.contexts.push(
        { name: 'same-address', context: { ...context.context, namespace: 'shop' } },
        { name: 'other-address', context: { ...context.context, cluster: 'b' } },
      )
    },
  )
  fleet = fleetOn([path])
  const clusters = await until(
    fleet,
    (now) => allRead(now) && now.length === 1 && now[0]?.status.contexts.length === 3,
  )
  expect(clusters[0]?.status.contexts).toEqual([
    rigCluster(0).name,
    'same-address',
    'other-address',
  ])
  expect(await fleet.ask(edges())).toHaveLength(1)
})

test('kinds that a cluster begins or ceases to serve come and go', async () => {
  const cluster = rigCluster(0)
  const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const sidecars = await cluster.request('GET', `${definition}/sidecars.networking.istio.io`)
  const { spec } = sidecars.json<{ spec: unknown }>()
  fleet = fleetOn([rig.kubeconfigPath], { contexts: [cluster.name] })
  await until(
    fleet,
    (now) => allRead(now) && named(now, cluster.name).objects.Sidecar !== undefined,
  )
  await cluster.request('DELETE', `${definition}/sidecars.networking.istio.io`)
  await until(fleet, (now) => named(now, cluster.name).unreadable.Sidecar === 'not served')
  expect(named(fleet.snapshot().clusters, cluster.name).status.state).toBe('ready')
  await cluster.apply([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'sidecars.networking.istio.io' },
      spec,
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: 'shop' },
      spec: { egress: [{ hosts: ['./*'] }] },
    },
  ])
  await until(fleet, (now) => names(named(now, cluster.name), 'Sidecar', 'shop').length === 1)
})

test('contexts come, change and go with their file', async () => {
  const path = join(folder, 'edited')
  const first = rigCluster(0)
  const second = rigCluster(1)
  kubeconfigLike(rig.kubeconfigPath, path, (config) => {
    config.contexts = config.contexts.filter(({ name }) => name === first.name)
  })
  fleet = fleetOn([path])
  await until(fleet, (now) => allRead(now) && now.length === 1)
  const before = named(fleet.snapshot().clusters, first.name)
  kubeconfigLike(rig.kubeconfigPath, path, (config) => {
    config.contexts = config.contexts.filter(
      ({ name }) => name === first.name || name === second.name,
    )
  })
  const both = await until(fleet, (now) => allRead(now) && now.length === 2)
  // The first was not dialled anew.
  expect(named(both, first.name).status.sinceMs).toBe(before.status.sinceMs)
  expect(named(both, first.name).objects.Node).toBe(before.objects.Node)
  kubeconfigLike(rig.kubeconfigPath, path, (config) => {
    config.contexts = config.contexts.filter(({ name }) => name === second.name)
  })
  await until(fleet, (now) => now.length === 1 && now[0]?.status.name === second.name)
  writeFileSync(path, 'clusters: [')
  await until(fleet, (now) => now.length === 0)
  expect(fleet.snapshot().problems).toMatchObject([{ file: path }])
})

test('an exec plugin runs only when allowed, and its failure is told', async () => {
  const cluster = rigCluster(0)
  const ran = join(folder, 'ran')
  const plugin = join(folder, 'login')
  const credential = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: {
      token: await tokenFor(cluster, 'by-exec', [
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      ]),
    },
  })
  writeFileSync(plugin, `#!/bin/sh\ntouch ${ran}\necho '${credential}'\n`)
  chmodSync(plugin, 0o700)
  const path = kubeconfigLike(cluster.adminKubeconfigPath, join(folder, 'exec'), (config) => {
    config.users = config.users.map(({ name }) => ({
      name,
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } },
    }))
  })
  fleet = fleetOn([path], { contexts: [cluster.name] })
  const [paused] = await until(fleet, (now) => now.length === 1)
  expect(paused?.status).toMatchObject({ state: 'paused' })
  expect(paused?.status.remedy).toContain('--allow-exec')
  expect(existsSync(ran)).toBe(false)
  await fleet.close()
  fleet = fleetOn([path], { execAllowed: () => true })
  expect((await until(fleet, allRead))[0]?.status.state).toBe('ready')
  expect(existsSync(ran)).toBe(true)
  await fleet.close()
  writeFileSync(plugin, '#!/bin/sh\necho "session has ended" >&2\nexit 3\n')
  fleet = fleetOn([path], { execAllowed: () => true })
  const [failed] = await until(fleet, allRead)
  expect(failed?.status.state).toBe('unauthorized')
  expect(failed?.status.reason).toContain('session has ended')
})

/** A kubeconfig for a cluster of the rig with another user. */
function asUser(cluster: RigCluster, file: string, token: string, inNamespace?: string): string {
  return kubeconfigLike(cluster.adminKubeconfigPath, join(folder, file), (config) => {
    config.users = config.users.map(({ name }) => ({ name, user: { token } }))
    if (inNamespace === undefined) return
    for (const { context } of config.contexts) context['namespace'] = inNamespace
  })
}
