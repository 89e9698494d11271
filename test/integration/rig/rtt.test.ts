import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRig, type Rig } from '../../rig/index.ts'

const rttMs = 1_000
let rig: Rig

beforeAll(async () => {
  rig = await startRig({ clusters: 1, rttMs })
})
afterAll(() => rig.stop())

/** How long the work took, in milliseconds. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

test('users are a second away from API server and Prometheus, the rig itself is not', async () => {
  const config = new KubeConfig()
  config.loadFromFile(rig.kubeconfigPath)
  const core = config.makeApiClient(CoreV1Api)
  const path = { name: 'http:prometheus:9090', namespace: 'istio-system', path: '-/ready' }
  // A TLS handshake and the request itself: two round trips at least, whatever is reused.
  expect(await took(() => core.listNamespace())).toBeGreaterThanOrEqual(2 * rttMs)
  expect(
    await took(() => core.connectGetNamespacedServiceProxyWithPath(path)),
  ).toBeGreaterThanOrEqual(rttMs - 5)
  const [cluster] = rig.clusters
  const ready = `${cluster?.prometheus?.loopbackUrl}/-/ready`
  expect(await took(() => fetch(ready))).toBeGreaterThanOrEqual(rttMs - 5)
  // Far below a second even on a busy machine, as nothing on this way waits.
  const direct = await cluster?.request('GET', '/version')
  expect(direct?.status).toBe(200)
})
