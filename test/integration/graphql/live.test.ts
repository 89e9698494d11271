import { createClient, type Client } from 'graphql-ws'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLiveFleet, type FleetSource } from '../../../main/fleet/index.ts'
import { startServer, type Server } from '../../../main/graphql/index.ts'
import { startRig, type Rig, type RigCluster } from '../../rig/index.ts'

let rig: Rig
let source: FleetSource
let server: Server
let client: Client

beforeAll(async () => {
  rig = await startRig({ clusters: 2, prometheus: false })
  source = createLiveFleet({
    kubeconfigs: [rig.kubeconfigPath],
    settings: { contexts: null, primaryContexts: {}, kubeconfigs: [] },
  })
  server = await startServer({ source, uiDir: rig.dir, logger: pino({ level: 'silent' }) })
  const session = await fetch(`${server.url}session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: server.issueCode() }),
  })
  const { token } = (await session.json()) as { token: string }
  client = createClient({
    url: `${server.url.replace('http', 'ws')}graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token },
  })
})

afterAll(async () => {
  await client.dispose()
  await server.close()
  await source.close()
  await rig.stop()
})

interface Cluster {
  readonly name: string
  readonly state: string
  readonly reason: string | null
  readonly counts: { readonly namespaces: number | null }
}

/** Follows the fleet until it looks as wanted, and gives it by cluster name. */
async function fleetThat(isWanted: (fleet: ReadonlyMap<string, Cluster>) => boolean) {
  const fleet = new Map<string, Cluster>()
  const events = client.iterate<{
    fleetChanged: { reset: boolean; upsertedClusters: readonly Cluster[] }
  }>({
    query: `subscription { fleetChanged { reset
      upsertedClusters { name state reason counts { namespaces } } } }`,
  })
  let isFirst = true
  for await (const { data, errors } of events) {
    if (!data) throw new Error(JSON.stringify(errors))
    expect(data.fleetChanged.reset).toBe(isFirst)
    isFirst = false
    for (const cluster of data.fleetChanged.upsertedClusters) fleet.set(cluster.name, cluster)
    if (isWanted(fleet)) break
  }
  return fleet
}

function first(): RigCluster {
  const [cluster] = rig.clusters
  if (cluster === undefined) throw new Error('the rig has a cluster')
  return cluster
}

const isReady = (fleet: ReadonlyMap<string, Cluster>) =>
  rig.clusters.every(({ name }) => fleet.get(name)?.state === 'ready')

test('an object that appears in a cluster reaches a subscriber', async () => {
  const before = await fleetThat(isReady)
  const count = before.get(first().name)?.counts.namespaces ?? 0
  const after = fleetThat((fleet) => (fleet.get(first().name)?.counts.namespaces ?? 0) > count)
  await first().apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'newcomer' } }])
  expect((await after).get(first().name)?.counts.namespaces).toBe(count + 1)
})

test('a cluster that goes and comes back is seen to do so, and the other stays ready', async () => {
  const { name } = first()
  await fleetThat(isReady)
  await first().stopApiServer()
  const gone = await fleetThat((fleet) => fleet.get(name)?.state === 'unreachable')
  expect(gone.get(name)?.reason).toBeTruthy()
  expect(gone.get(rig.clusters[1]?.name ?? '')?.state).toBe('ready')
  await first().startApiServer()
  await fleetThat(isReady)
})

test('an operation that is wrong is said so over the socket', async () => {
  const results = client.iterate({ query: '{ nonsense }' })
  await expect(results.next()).rejects.toMatchObject([
    { message: expect.stringContaining('nonsense') },
  ])
})
