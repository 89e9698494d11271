import * as fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { edgeId, type Graph } from '../traffic/index.ts'
import { createEngine, type Engine, type MapChange } from './engine.ts'
import type { MapRequest } from './map.ts'
import { clusterStatus, createMemorySource, type MemorySource } from './memory-source.ts'

const request: MapRequest = {
  windowSeconds: 60,
  by: 'workload',
  namespaces: null,
  latency: false,
  bytes: false,
}
const refreshMs = 5000
let source: MemorySource
let engine: Engine

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
  source = createMemorySource([clusterStatus('east'), clusterStatus('west')])
  engine = createEngine(source, { logger: pino({ level: 'silent' }), refreshMs })
})

afterEach(() => {
  engine.close()
  vi.useRealTimers()
})

/** Labels of one request series between two workloads of cluster `east`. */
function flow(from: string, to: string, rate: number, code = '200') {
  return {
    reporter: 'destination',
    source_workload: from,
    source_workload_namespace: 'shop',
    source_cluster: 'east',
    destination_workload: to,
    destination_workload_namespace: 'shop',
    destination_cluster: 'east',
    destination_service_name: to,
    destination_service_namespace: 'shop',
    destination_service: `${to}.shop.svc.cluster.local`,
    request_protocol: 'http',
    response_code: code,
    response_flags: '-',
    connection_security_policy: 'mutual_tls',
    rate,
  }
}

/** Reads the next event of a subscription, letting time pass until it is there. */
async function nextOf<T>(events: AsyncIterator<T>): Promise<T> {
  const results: IteratorResult<T>[] = []
  void events.next().then((event) => results.push(event))
  for (let turn = 0; results.length === 0 && turn < 100; turn++) {
    await vi.advanceTimersByTimeAsync(100)
  }
  const [result] = results
  if (result === undefined || result.done === true) throw new Error('no event came')
  return result.value
}

/** What a client knows after applying an event, as the schema tells it to. */
function applied(known: Graph | null, { reset, graph, diff }: MapChange): Graph {
  const nodes = new Map(reset ? [] : known?.nodes.map((node) => [node.id, node]))
  const edges = new Map(reset ? [] : known?.edges.map((edge) => [edgeId(edge), edge]))
  for (const id of diff.removedNodeIds) nodes.delete(id)
  for (const node of diff.upsertedNodes) nodes.set(node.id, node)
  for (const id of diff.removedEdgeIds) edges.delete(id)
  for (const edge of diff.upsertedEdges) edges.set(edgeId(edge), edge)
  return { ...graph, nodes: [...nodes.values()], edges: [...edges.values()] }
}

const sorted = ({ nodes, edges, ...rest }: Graph) => ({
  ...rest,
  nodes: nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  edges: edges.toSorted((a, b) => (edgeId(a) < edgeId(b) ? -1 : 1)),
})

test('events give exactly the map of each refresh, whatever changes and however slowly they are read', async () => {
  const workload = fc.constantFrom('a', 'b', 'c', 'd')
  const rows = fc.uniqueArray(
    fc.record({
      from: workload,
      to: workload,
      rate: fc.constantFrom(0.5, 1, 20),
      code: fc.constantFrom('200', '503'),
    }),
    { selector: ({ from, to, code }) => `${from}${to}${code}`, maxLength: 10 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 2, maxLength: 6 }), async (rounds) => {
      const events = engine.mapChanges(request)
      const fast = engine.mapChanges(request)
      let known: Graph | null = null
      for (const [index, round] of rounds.entries()) {
        source.setRequests(round.map(({ from, to, rate, code }) => flow(from, to, rate, code)))
        await vi.advanceTimersByTimeAsync(refreshMs)
        await nextOf(fast)
        if (index % 2 === 1) continue
        const event = await nextOf(events)
        expect(event.reset).toBe(known === null)
        known = applied(known, event)
      }
      await vi.advanceTimersByTimeAsync(refreshMs * 2)
      const last = await nextOf(events)
      expect(sorted(applied(known, last))).toEqual(sorted(last.graph))
      expect(last.reset).toBe(false)
      await Promise.all([events.return?.(), fast.return?.()])
    }),
    { numRuns: 30 },
  )
})

test('telemetry is asked only while somebody looks, once for all who look at the same', async () => {
  const [one, two] = [engine.mapChanges(request), engine.mapChanges(request)]
  await vi.advanceTimersByTimeAsync(refreshMs * 3)
  expect(source.asked).toHaveLength(0)
  await Promise.all([nextOf(one), nextOf(two)])
  expect(source.asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(refreshMs * 3)
  expect(source.asked).toHaveLength(4)
  await one.return?.()
  await vi.advanceTimersByTimeAsync(refreshMs)
  expect(source.asked).toHaveLength(5)
  await two.return?.()
  await vi.advanceTimersByTimeAsync(refreshMs * 3)
  expect(source.asked).toHaveLength(5)
  expect(source.listeners()).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('all maps of one window rest on one answer', async () => {
  const byApp = engine.mapChanges({ ...request, by: 'app' })
  const inShop = engine.mapChanges({ ...request, namespaces: ['shop'] })
  const [first, second] = await Promise.all([nextOf(byApp), nextOf(inShop)])
  expect(first.graph.at).toBe(second.graph.at)
  expect(source.asked).toHaveLength(1)
  await Promise.all([byApp.return?.(), inShop.return?.()])
})

test("a silent Prometheus' last answer is shown with its age, and not for ever", async () => {
  source.setRequests([flow('a', 'b', 10)])
  const events = engine.mapChanges(request)
  expect((await nextOf(events)).graph.clusters).toMatchObject([
    { name: 'east', ageSeconds: 0 },
    { name: 'west', ageSeconds: 0 },
  ])
  source.setRequests(null)
  await vi.advanceTimersByTimeAsync(40_000)
  const stale = await nextOf(events)
  expect(stale.graph.edges).toHaveLength(1)
  const age = stale.graph.clusters[0]?.ageSeconds
  expect(age).toBeGreaterThan(30)
  expect(age).toBeLessThan(60)
  await vi.advanceTimersByTimeAsync(300_000)
  const gone = await nextOf(events)
  expect(gone.graph.edges).toEqual([])
  expect(gone.graph.clusters[0]?.ageSeconds).toBeNull()
  await events.return?.()
})

test('a Prometheus that hangs delays nobody, is not asked twice, and is drawn when it answers', async () => {
  source.setRequests([flow('a', 'b', 10)])
  const release = source.hold('east')
  const events = engine.mapChanges(request)
  const partial = await nextOf(events)
  expect(partial.graph.edges).toEqual([])
  expect(partial.graph.clusters).toMatchObject([
    { name: 'east', ageSeconds: null },
    { name: 'west', ageSeconds: 0 },
  ])
  await vi.advanceTimersByTimeAsync(refreshMs * 4)
  const later = await nextOf(events)
  expect(later.graph.clusters[1]?.ageSeconds).toBe(0)
  release()
  await vi.advanceTimersByTimeAsync(refreshMs)
  const whole = await nextOf(events)
  expect(whole.graph.edges).toHaveLength(1)
  expect(whole.graph.clusters.map(({ ageSeconds }) => ageSeconds)).toEqual([0, 0])
  await events.return?.()
})

test('an answer that comes late but before the next refresh is drawn at once', async () => {
  source.setRequests([flow('a', 'b', 10)])
  const release = source.hold('east')
  const events = engine.mapChanges(request)
  const partial = await nextOf(events)
  release()
  const whole = await nextOf(events)
  expect(whole.graph.at).toBe(partial.graph.at)
  expect(whole.diff.upsertedEdges).toHaveLength(1)
  expect(source.asked).toHaveLength(1)
  await events.return?.()
})

test('a question without a subscription waits for everybody', async () => {
  source.setRequests([flow('a', 'b', 10)])
  const release = source.hold('east')
  setTimeout(release, 8000)
  const asked = engine.map(request, null)
  await vi.advanceTimersByTimeAsync(8000)
  expect((await asked).edges).toHaveLength(1)
})

test('a cluster that becomes reachable is asked at once, not at the next interval', async () => {
  source.setClusters([clusterStatus('east', { state: 'connecting' })])
  const events = engine.mapChanges(request)
  await nextOf(events)
  source.setClusters([clusterStatus('east')])
  await vi.advanceTimersByTimeAsync(1000)
  expect(source.asked).toHaveLength(2)
  expect((await nextOf(events)).graph.clusters).toMatchObject([{ state: 'ready' }])
  await events.return?.()
})

test('a recording is asked where its player is, when it moves', async () => {
  source.setTimeline({
    mode: 'recording',
    title: 'incident',
    fromMs: 0,
    toMs: 600_000,
    stepSeconds: 15,
    loop: false,
    positionMs: 300_000,
  })
  const events = engine.mapChanges(request)
  expect((await nextOf(events)).graph.at).toBe('1970-01-01T00:05:00.000Z')
  await vi.advanceTimersByTimeAsync(refreshMs * 5)
  expect(source.asked).toHaveLength(1)
  await engine.seek(120_000)
  expect((await nextOf(events)).graph.at).toBe('1970-01-01T00:02:00.000Z')
  await events.return?.()
})

test('questions without a subscription are answered, alike ones at once together', async () => {
  source.setRequests([flow('a', 'b', 10)])
  const [one, two] = await Promise.all([engine.map(request, null), engine.map(request, null)])
  expect(one).toBe(two)
  expect(source.asked).toHaveLength(1)
  const then = await engine.map(request, Date.UTC(2025, 11, 31))
  expect(then.at).toBe('2025-12-31T00:00:00.000Z')
})

test('the fleet is told whole first, then only what changed', async () => {
  const events = engine.fleetChanges()
  const whole = await nextOf(events)
  expect(whole.reset).toBe(true)
  expect(whole.upsertedClusters.map(({ id }) => id)).toEqual(['cluster:east', 'cluster:west'])
  source.setClusters([
    clusterStatus('east'),
    clusterStatus('north/1'),
    clusterStatus('south', { state: 'unreachable', reason: 'no route' }),
  ])
  const change = await nextOf(events)
  expect(change.reset).toBe(false)
  expect(change.upsertedClusters.map(({ id }) => id)).toEqual([
    'cluster:north%2F1',
    'cluster:south',
  ])
  expect(change.removedClusterIds).toEqual(['cluster:west'])
  await events.return?.()
  expect(source.listeners()).toBe(0)
})

test('a moment that nobody understands is left out, and the next one is told', async () => {
  const fleets = engine.fleetChanges()
  const maps = engine.mapChanges(request)
  await nextOf(fleets)
  await nextOf(maps)
  const snapshot = vi.spyOn(source, 'snapshot').mockImplementation(() => {
    throw new Error('odd')
  })
  source.setClusters([clusterStatus('east')])
  await vi.advanceTimersByTimeAsync(refreshMs * 3)
  snapshot.mockRestore()
  source.setClusters([clusterStatus('north')])
  const { view } = await nextOf(fleets)
  expect(view.clusters.map(({ id }) => id)).toEqual(['cluster:north'])
  const { graph } = await nextOf(maps)
  expect(graph.clusters.map(({ name }) => name)).toEqual(['north'])
})
