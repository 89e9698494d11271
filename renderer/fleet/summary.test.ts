import { expect, test } from 'vitest'
import type { Cluster } from '../api/index.ts'
import { groupByMesh, problemsOf } from './summary.ts'

function cluster(name: string, over: Partial<Cluster> = {}): Cluster {
  return {
    id: name,
    name,
    state: 'ready',
    reason: null,
    remedy: null,
    controlPlanes: [],
    telemetry: { state: 'ready', endpoint: null, reason: null, remedy: null, answeredAt: null },
    ...over,
  } as Cluster
}

test('clusters stand under their mesh, those without one last', () => {
  const fleet = {
    at: '',
    clockOffsetMs: 0,
    revision: 1,
    clusters: [cluster('lone'), cluster('a'), cluster('x'), cluster('b')],
    meshes: [
      { id: 'm1', name: 'one', clusters: [{ id: 'a' }, { id: 'b' }] },
      { id: 'm2', name: 'two', clusters: [{ id: 'x' }] },
    ],
    problems: [],
  }
  expect(
    groupByMesh(fleet).map(({ mesh, clusters }) => [
      mesh?.name ?? null,
      clusters.map((c) => c.name),
    ]),
  ).toEqual([
    ['one', ['a', 'b']],
    ['two', ['x']],
    [null, ['lone']],
  ])
})

test('every kind of trouble is a problem with its reason and remedy, the worst first', () => {
  const telemetry = { endpoint: null, reason: 'r', remedy: 'do', answeredAt: null }
  const titles = (over: Partial<Cluster>) => problemsOf(cluster('c', over)).map((p) => p.title)
  expect(titles({})).toEqual([])
  expect(titles({ state: 'paused' })).toEqual([])
  expect(titles({ state: 'unauthorized' })).toEqual(['Access refused'])
  expect(titles({ state: 'unreachable' })).toEqual(['Cannot be reached'])
  expect(
    titles({
      state: 'degraded',
      telemetry: { ...telemetry, state: 'failing' },
      controlPlanes: [
        {
          name: 'istiod',
          namespace: 'istio-system',
          revision: 'default',
          version: null,
          ready: false,
        },
      ],
    }),
  ).toEqual(['Control plane default is not ready', 'No telemetry', 'Degraded'])
  expect(problemsOf(cluster('c', { telemetry: { ...telemetry, state: 'missing' } }))).toEqual([
    { severity: 'warning', title: 'No Prometheus found', reason: 'r', remedy: 'do' },
  ])
})
