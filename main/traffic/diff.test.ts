import { expect, it } from 'vitest'
import { diffGraph } from './diff.ts'
import { answerOf, graphOf } from './testing.ts'

const graph = (...targets: readonly [string, number][]) =>
  graphOf([
    answerOf(
      'p',
      ['c'],
      targets.map(([name, rate]) => ({ from: 'c/n/web', to: `c/n/${name}`, rate })),
    ),
  ])

it('tells everything to who knows nothing, and nothing to who knows all', () => {
  const next = graph(['a', 1])
  const first = diffGraph(null, next)
  expect(first.upsertedNodes).toEqual(next.nodes)
  expect(first.upsertedEdges).toEqual(next.edges)
  expect(first.clusters).toEqual(next.clusters)
  expect(diffGraph(next, graph(['a', 1]))).toEqual({
    at: next.at,
    windowSeconds: 60,
    clusters: null,
    upsertedNodes: [],
    removedNodeIds: [],
    upsertedEdges: [],
    removedEdgeIds: [],
  })
})

it('tells what came, went and changed', () => {
  const change = diffGraph(graph(['a', 1], ['b', 2], ['c', 3]), graph(['b', 2], ['c', 4], ['d', 1]))
  expect(change.upsertedEdges.map(({ target }) => target)).toEqual([
    'workload:c/n/c',
    'workload:c/n/d',
  ])
  expect(change.removedEdgeIds).toEqual(['workload:c/n/web workload:c/n/a http'])
  expect(change.removedNodeIds).toEqual(['workload:c/n/a'])
  expect(change.upsertedNodes.map(({ name }) => name)).toContain('d')
  expect(change.upsertedNodes.map(({ name }) => name)).not.toContain('b')
})
