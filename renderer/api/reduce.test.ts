import { expect, test } from 'vitest'
import { retryWaitMs } from './client.ts'
import { applyFleetChange, type Cluster } from './fleet.ts'
import { applyGraphChange, type GraphNode } from './graph.ts'

const node = (id: string, name = id) => ({ id, name }) as GraphNode
const cluster = (id: string, state = 'ready') => ({ id, state }) as Cluster
const graphEvent = {
  reset: false,
  at: '2026-01-31T09:30:00.000Z',
  windowSeconds: 60,
  clusters: [],
  upsertedNodes: [],
  removedNodeIds: [],
  upsertedEdges: [],
  removedEdgeIds: [],
}

test('a map is a whole and then changes; what did not change stays the same object', () => {
  const a = node('a')
  const first = applyGraphChange(null, {
    ...graphEvent,
    reset: true,
    upsertedNodes: [a, node('b')],
  })
  const second = applyGraphChange(first, {
    ...graphEvent,
    upsertedNodes: [node('c')],
    removedNodeIds: ['b'],
  })
  expect([...second.nodes.keys()]).toEqual(['a', 'c'])
  expect(second.nodes.get('a')).toBe(a)
  expect([...first.nodes.keys()]).toEqual(['a', 'b'])
  expect(applyGraphChange(second, graphEvent).nodes).toBe(second.nodes)
  const reset = applyGraphChange(second, { ...graphEvent, reset: true, upsertedNodes: [node('d')] })
  expect([...reset.nodes.keys()]).toEqual(['d'])
})

test('clusters keep their place when they change, and a reset forgets', () => {
  const event = {
    reset: true,
    at: '1970-01-01T00:00:01.000Z',
    revision: 1,
    removedClusterIds: [],
    meshes: [],
    problems: [],
  }
  const first = applyFleetChange(
    null,
    { ...event, upsertedClusters: [cluster('a'), cluster('b')] },
    5_000,
  )
  const second = applyFleetChange(
    first,
    {
      ...event,
      reset: false,
      upsertedClusters: [cluster('c'), cluster('a', 'unreachable')],
      removedClusterIds: ['b'],
    },
    5_000,
  )
  expect(second.clockOffsetMs).toBe(-4_000)
  expect(second.clusters.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'unreachable'],
    ['c', 'ready'],
  ])
  expect(
    applyFleetChange(second, { ...event, upsertedClusters: [cluster('z')] }, 0).clusters.length,
  ).toBe(1)
})

test('reconnecting waits longer each time, never long, never in step', () => {
  expect(retryWaitMs(0, 0.5)).toBe(250)
  expect(retryWaitMs(3, 0.5)).toBe(2000)
  expect(retryWaitMs(1000, 1)).toBeLessThanOrEqual(6250)
  expect(retryWaitMs(5, 0)).toBeLessThan(retryWaitMs(5, 1))
})
