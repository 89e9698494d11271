import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLiveFleet, type FleetSnapshot, type FleetSource } from '../../../main/fleet/index.ts'
import { buildMeshModel } from '../../../main/mesh/index.ts'
import { openRecording, recordFleet } from '../../../main/recording/index.ts'
import { buildGraph, type Graph } from '../../../main/traffic/index.ts'
import { startRig, type Rig } from '../../rig/index.ts'
import { durationBoundsMs } from '../../rig/model/latency.ts'
import { playTraffic, type Traffic } from '../../rig/traffic.ts'

const windowSeconds = 20
const everySeconds = 5
const canary = 'c4n4ry-c4n4ry'

let folder: string
let file: string
let rig: Rig
let traffic: Traffic
let live: FleetSource
let replay: FleetSource
/** What the live fleet showed at each recorded step. */
const shown = new Map<number, FleetSnapshot>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-live-'))
  file = join(folder, 'fleet.smm-recording')
  rig = await startRig({ clusters: 3 })
  traffic = await playTraffic(rig)
  await Promise.all(rig.clusters.map((cluster) => cluster.apply(secretBearing())))
  live = createLiveFleet({
    kubeconfigs: [rig.kubeconfigPath],
    settings: { contexts: null, primaryContexts: {}, kubeconfigs: [] },
  })
  while (!isAllThere(live.snapshot())) await sleep(500)
  await sleep((windowSeconds + 10) * 1000)
  let taken = live.snapshot()
  const watched: FleetSource = { ...live, snapshot: () => (taken = live.snapshot()) }
  await recordFleet(watched, file, {
    title: 'A rig',
    createdBy: 'test',
    everySeconds,
    forSeconds: 3 * everySeconds,
    historySeconds: windowSeconds + 10,
    signal: new AbortController().signal,
    onStep: ({ atMs }) => shown.set(atMs, taken),
  })
  replay = openRecording(file)
})

afterAll(async () => {
  await replay?.close()
  await live?.close()
  await traffic?.close()
  await rig?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function isAllThere({ clusters }: FleetSnapshot): boolean {
  return (
    clusters.length === 3 &&
    clusters.every(({ status, objects }) => {
      const names = (objects.Deployment ?? []).map(({ metadata }) => metadata.name)
      return (
        status.state === 'ready' && status.telemetry.state === 'ready' && names.includes('canary')
      )
    })
  )
}

/** Objects with a secret in every place where users put them. */
function secretBearing() {
  const metadata = {
    name: 'canary',
    namespace: 'default',
    annotations: { 'example.com/token': canary },
  }
  const container = {
    name: 'app',
    image: 'example.com/app:v1',
    args: ['--password', canary],
    env: [{ name: 'PASSWORD', value: canary }],
  }
  const labels = { app: 'canary' }
  const template = {
    metadata: { labels, annotations: metadata.annotations },
    spec: { containers: [container] },
  }
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: canary } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { password: canary, mesh: `a: ${canary}` },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { ...metadata, annotations: { 'sidecar.istio.io/userVolume': canary } },
      spec: {
        hosts: ['canary'],
        http: [
          {
            match: [{ headers: { authorization: { exact: canary } } }],
            headers: { request: { set: { authorization: canary } } },
            route: [{ destination: { host: 'canary' } }],
          },
        ],
      },
    },
  ]
}

async function graphOf(source: FleetSource, snapshot: FleetSnapshot, atMs: number): Promise<Graph> {
  const common = { atMs, windowSeconds, identity: 'full' } as const
  const [edges, latency, bytes] = await Promise.all([
    source.ask({ name: 'edges', ...common }),
    source.ask({ name: 'latency', destinationNamespaces: null, ...common }),
    source.ask({ name: 'bytes', ...common }),
  ])
  const answers = edges.map((one, index) => {
    const [of, size] = [latency[index], bytes[index]]
    if (!one.ok || !of?.ok || !size?.ok) throw new Error(`${one.endpoint} did not answer`)
    const { endpoint, clusters, answer } = one
    return { endpoint, clusters, edges: answer, latency: of.answer, bytes: size.answer }
  })
  const clusters = snapshot.clusters.map(({ status: { name, state } }) => ({
    name,
    state,
    ageSeconds: 0,
  }))
  return buildGraph({ atMs, windowSeconds, model: buildMeshModel(snapshot), clusters, answers })
}

/** A graph without its numbers, and its numbers by where they stand. */
function takeApart(graph: Graph) {
  const rates = new Map<string, number | null>()
  const percentiles = new Map<string, number | null>()
  const shape = graph.edges.map((edge) => {
    const key = `${edge.source} → ${edge.target} (${edge.protocol})`
    rates.set(`${key} requests`, edge.requestRate)
    rates.set(`${key} sent`, edge.bytesPerSecond.sent)
    rates.set(`${key} received`, edge.bytesPerSecond.received)
    for (const { code, flags, rate } of edge.responses) rates.set(`${key} ${code} ${flags}`, rate)
    for (const [name, ms] of Object.entries(edge.latencyMs)) percentiles.set(`${key} ${name}`, ms)
    const hosts = edge.responses.map((response) => [response.code, response.flags, response.hosts])
    const { ratio, ...principals } = edge.mtls
    rates.set(`${key} mTLS`, ratio)
    return [key, { ...principals, hosts }] as const
  })
  const nodes = graph.nodes.map(({ id, health: { status, reasons }, ...node }) => {
    const indicators = reasons.map((reason) => `${reason.indicator} ${reason.status}`)
    return [id, { ...node, status, indicators }] as const
  })
  return { shape: new Map(shape), nodes: new Map(nodes), rates, percentiles }
}

/** Within 1 %, or both not known. */
function isClose(one: number | null | undefined, other: number | null): boolean {
  if (other === null) return one === null
  return Math.abs((one ?? NaN) - other) <= 0.01 * other + 1e-4
}

/** Which bucket of the duration histogram a percentile is in. */
function bucketOf(ms: number | null | undefined): number {
  return durationBoundsMs.findIndex((bound) => (ms ?? NaN) <= bound)
}

describe('a rig, recorded live and replayed', () => {
  it('shows at every step the objects and meshes that live showed', async () => {
    expect(shown.size).toBeGreaterThanOrEqual(2)
    for (const [atMs, snapshot] of shown) {
      await replay.seek(atMs)
      const replayed = replay.snapshot()
      expect(replayed.atMs).toBe(atMs)
      expect(buildMeshModel(replayed)).toEqual(buildMeshModel(snapshot))
      expect(statesOf(replayed)).toEqual(statesOf(snapshot))
    }
  })

  it('shows at every step the graph that live showed, rates within 1 %', async () => {
    for (const [atMs, snapshot] of shown) {
      await replay.seek(atMs)
      const lived = takeApart(await graphOf(live, snapshot, atMs))
      const replayed = takeApart(await graphOf(replay, replay.snapshot(), atMs))
      expect(lived.shape.size).toBeGreaterThan(50)
      expect(replayed.shape).toEqual(lived.shape)
      expect(replayed.nodes).toEqual(lived.nodes)
      for (const [key, rate] of lived.rates)
        expect(isClose(replayed.rates.get(key), rate), key).toBe(true)
      for (const [key, ms] of lived.percentiles) {
        const other = replayed.percentiles.get(key)
        // A percentile at a bucket's border may fall to either side of it.
        expect(isClose(other, ms) || bucketOf(other) === bucketOf(ms), key).toBe(true)
      }
    }
  })

  it('holds no secret', () => {
    expect(readdirSync(folder)).toEqual(['fleet.smm-recording'])
    expect(readFileSync(file).includes(canary)).toBe(false)
    const everything = JSON.stringify(replay.snapshot())
    expect(everything).toContain('"canary"')
    expect(everything).not.toContain(canary)
  })
})

function statesOf({ clusters }: FleetSnapshot) {
  return clusters.map(({ status: { telemetry, ...status }, unreadable }) => ({
    ...status,
    unreadable,
    telemetry: { ...telemetry, answeredMs: null },
  }))
}
