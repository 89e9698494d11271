import { describe, expect, it } from 'vitest'
import {
  clusterObjects,
  createDemoModel,
  createModel,
  modelTruth,
  parseFault,
  seededClusters,
} from './index.ts'
import { calmMs, incidentMs, models } from './testing.ts'

describe('the demo', () => {
  const share = (atMs: number): number => {
    const edges = modelTruth(models.demo, atMs, 60).edges.filter(({ target }) =>
      target.endsWith('payments/payments-v2'),
    )
    return edges.reduce((sum, edge) => sum + (edge.errorRatio ?? 0), 0) / edges.length
  }

  it('is calm, then payments v2 fails 8 % and slows, then is calm again', () => {
    expect(share(calmMs)).toBe(0)
    expect(share(incidentMs)).toBeCloseTo(0.08, 9)
    expect(share(Date.UTC(2026, 10, 23, 12, 9, 30))).toBe(0)
    const p95 = (atMs: number): number =>
      modelTruth(models.demo, atMs, 60).edges.find(({ target }) =>
        target.endsWith('payments/payments-v2'),
      )?.latencyMs.p95 ?? 0
    expect(p95(incidentMs)).toBeGreaterThan(3 * p95(calmMs))
  })

  it('crosses clusters and has objects for every workload', () => {
    const { edges } = modelTruth(models.demo, calmMs, 60)
    const cluster = (id: string): string => id.slice(id.indexOf(':') + 1, id.indexOf('/'))
    expect(
      edges.filter(({ source, target }) => cluster(source) !== cluster(target)).length,
    ).toBeGreaterThan(8)
    for (const { name } of models.demo.topology.clusters) {
      const objects = clusterObjects(models.demo, name)
      const keys = objects.map(({ apiVersion, kind, metadata }) =>
        [apiVersion, kind, metadata.namespace, metadata.name].join(' '),
      )
      expect(new Set(keys).size).toBe(keys.length)
      const workloads = models.demo.topology.workloads.filter(
        (workload) => workload.cluster === name,
      )
      for (const { kubernetesKind, namespace, name: workload } of workloads)
        expect(keys).toContain(`apps/v1 ${kubernetesKind} ${namespace} ${workload}`)
    }
  })
})

describe('faults', () => {
  it('show where they are planted and nowhere else', () => {
    const base = modelTruth(models.fifty, calmMs, 60)
    const victim = base.nodes.find(
      ({ id, kind, namespace }) =>
        kind === 'workload' &&
        namespace !== 'ambient' &&
        base.edges.some(({ target, protocol }) => target === id && protocol === 'http'),
    )
    if (!victim) throw new Error('no victim')
    const place = `${victim.namespace}/${victim.name}`
    const withFault = (kind: string) =>
      modelTruth(
        createModel({
          workloads: 50,
          clusters: seededClusters(3),
          seed: 7,
          faults: [parseFault(`${kind}:${place}`)],
        }),
        calmMs,
        60,
      ).edges.filter(({ target, protocol }) => target === victim.id && protocol === 'http')
    const before = base.edges.filter(
      ({ target, protocol }) => target === victim.id && protocol === 'http',
    )
    expect(
      withFault('errors').every(({ errorRatio }) => Math.abs((errorRatio ?? 0) - 0.25) < 1e-9),
    ).toBe(true)
    expect(
      withFault('unreachable').every(
        ({ errorRatio, mtls }) => errorRatio === 1 && mtls.ratio === null,
      ),
    ).toBe(true)
    expect(withFault('plaintext').every(({ mtls }) => mtls.ratio === 0)).toBe(true)
    expect(withFault('idle')).toEqual([])
    const p50 = (edges: typeof before): number => edges[0]?.latencyMs.p50 ?? 0
    expect(p50(withFault('latency'))).toBeGreaterThan(2 * p50(before))
  })

  it('must be well written and hit something', () => {
    expect(() => parseFault('latency:shop')).toThrow('NAMESPACE/WORKLOAD')
    expect(() => createDemoModel({ faults: [parseFault('errors:shop/nobody')] })).toThrow(
      'no workload shop/nobody',
    )
  })
})
