import { describe, expect, it } from 'vitest'
import type { Workload } from '../mesh/index.ts'
import { judgeReplicas, worst } from './health.ts'
import type { HealthReason, HealthStatus } from './graph.ts'
import { answerOf, graphOf, type TestRow } from './testing.ts'

const row = { from: 'c/n/web', to: 'c/n/api' } as const

function healthOf(name: string, rows: readonly TestRow[]) {
  return graphOf([answerOf('p', ['c'], rows)]).nodes.find((node) => node.name === name)?.health
}

describe('requests', () => {
  it.each<[string, readonly TestRow[], HealthStatus]>([
    ['all fine', [{ ...row, rate: 1 }], 'healthy'],
    [
      'any 5xx',
      [
        { ...row, rate: 99 },
        { ...row, code: '500', rate: 0.1 },
      ],
      'degraded',
    ],
    [
      'a tenth 5xx',
      [
        { ...row, rate: 9 },
        { ...row, code: '503', rate: 1 },
      ],
      'failing',
    ],
    [
      '9 % of 4xx',
      [
        { ...row, rate: 91 },
        { ...row, code: '404', rate: 9 },
      ],
      'healthy',
    ],
    [
      '11 % of 4xx',
      [
        { ...row, rate: 89 },
        { ...row, code: '404', rate: 11 },
      ],
      'degraded',
    ],
    [
      '21 % of 4xx',
      [
        { ...row, rate: 79 },
        { ...row, code: '404', rate: 21 },
      ],
      'failing',
    ],
    [
      'a response missing',
      [
        { ...row, rate: 99 },
        { ...row, code: '0', rate: 1 },
      ],
      'degraded',
    ],
    [
      'a gRPC error',
      [
        { ...row, protocol: 'grpc', grpc: '0', rate: 99 },
        { ...row, protocol: 'grpc', grpc: '16', rate: 1 },
      ],
      'degraded',
    ],
    [
      'gRPC calls a proxy refused',
      [{ ...row, protocol: 'grpc', code: '503', flags: 'UF', rate: 1 }],
      'failing',
    ],
    [
      'too few to judge',
      [
        { ...row, rate: 0.1 },
        { ...row, code: '500', rate: 0.01 },
      ],
      'unknown',
    ],
    [
      'few, all failed in several ways',
      [
        { ...row, code: '500', rate: 0.02 },
        { ...row, code: '0', rate: 0.01 },
      ],
      'failing',
    ],
    ['few, but all failed', [{ ...row, code: '500', rate: 0.1 }], 'failing'],
  ])('%s', (_, rows, status) => {
    const health = healthOf('api', rows)
    expect(health?.status).toBe(status)
    expect(health?.reasons).toHaveLength(1)
    expect(healthOf('web', rows)?.status).toBe(status)
  })

  it('say what, how much, against which threshold, of how many', () => {
    const [reason] =
      healthOf('api', [
        { ...row, rate: 8 },
        { ...row, code: '503', rate: 2 },
      ])?.reasons ?? []
    expect(reason).toEqual({
      indicator: 'requests',
      status: 'failing',
      message: '20 % of inbound http requests ended with 5XX (failing from 10 %)',
      value: 0.2,
      threshold: 0.1,
      samples: 600,
    })
  })

  it('are idle without any', () => {
    const { nodes } = graphOf([answerOf('p', ['c'], [], [{ ...row, rate: 5 }])])
    expect(nodes.map(({ health }) => health.status)).toEqual(['idle', 'idle'])
  })
})

describe('replicas', () => {
  const of = (desired: number | null, current: number, available: number | null) => {
    const replicas: Pick<Workload, 'replicas'>['replicas'] = { desired, current, available }
    const workload: Workload = {
      id: 'workload:c/n/w',
      cluster: 'c',
      namespace: 'n',
      name: 'w',
      kubernetesKind: 'Deployment',
      app: 'w',
      version: 'v1',
      role: 'workload',
      dataPlane: 'sidecar',
      replicas,
      annotations: {},
    }
    return judgeReplicas(workload)?.status ?? null
  }

  it.each<[number | null, number, number | null, HealthStatus | null]>([
    [3, 3, 3, 'healthy'],
    [3, 3, 2, 'degraded'],
    [3, 2, 2, 'degraded'],
    [3, 3, 0, 'failing'],
    [0, 0, 0, 'idle'],
    [2, 3, 2, 'healthy'],
    [null, 1, 1, null],
    [1, 1, null, null],
  ])('%j wanted, %j there, %j available: %j', (desired, current, available, status) => {
    expect(of(desired, current, available)).toBe(status)
  })
})

it('the worst indicator counts; unknown and idle only where nothing else does', () => {
  const statuses = (...all: HealthStatus[]) =>
    worst(
      all.map((status): HealthReason => ({
        indicator: 'requests',
        status,
        message: '',
        value: null,
        threshold: null,
        samples: null,
      })),
    ).status
  expect(statuses('unknown', 'healthy')).toBe('healthy')
  expect(statuses('idle', 'degraded', 'healthy')).toBe('degraded')
  expect(statuses('degraded', 'failing')).toBe('failing')
  expect(statuses('idle', 'unknown')).toBe('unknown')
  expect(statuses('idle')).toBe('idle')
})
