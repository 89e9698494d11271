import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testEdge, testGraph, testNode } from '../testing.ts'
import { filterGraph } from './filter.ts'
import { buildScene, sceneAt, securityOf, worst, type Level } from './scene.ts'

const all = { clusters: [], namespaces: [], focus: 'all', idle: true } as const
const mtls = (ratio: number | null) => ({
  mtls: { ratio, sourcePrincipals: [], destinationPrincipals: [] },
})

const graphs = fc
  .record({
    nodes: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('east', 'west', ''),
        fc.constantFrom('shop', 'pay'),
        fc.integer({ min: 0, max: 12 }),
      ),
      { minLength: 1, maxLength: 25, selector: (parts) => parts.join('/') },
    ),
    edges: fc.array(
      fc.record({
        from: fc.nat(),
        to: fc.nat(),
        protocol: fc.constantFrom('http', 'grpc', 'tcp'),
        rate: fc.integer({ min: 0, max: 1000 }),
        failed: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ nodes, edges }) => {
    const made = nodes.map(([cluster, namespace, n]) =>
      testNode(`${cluster}/${namespace}/w${n}-v1`),
    )
    return testGraph(
      made,
      edges.flatMap(({ from, to, protocol, rate, failed }) => {
        const source = made[from % made.length]?.id
        const target = made[to % made.length]?.id
        if (source === undefined || target === undefined) return []
        const tcp = protocol === 'tcp'
        return [
          testEdge(source, target, {
            protocol,
            requestRate: tcp ? null : rate,
            errorRatio: tcp || rate === 0 ? null : failed / 4,
            bytesPerSecond: { sent: tcp ? rate : null, received: null },
          }),
        ]
      }),
    )
  })

describe('summing up', () => {
  test('keeps every rate at every level: what is drawn and what a card hides add up to all', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.constantFrom<Level[]>('workload', 'namespace', 'cluster'),
        (graph, level) => {
          const visible = filterGraph(graph, all)
          const scene = sceneAt(visible, level)
          const cardOf = new Map(scene.nodes.flatMap((n) => n.members.map((m) => [m.id, n.id])))
          const crossing = visible.edges.filter(
            (e) => cardOf.get(e.source) !== cardOf.get(e.target),
          )
          const rate = (edges: readonly { requestRate: number | null }[]) =>
            edges.reduce((sum, e) => sum + (e.requestRate ?? 0), 0)
          const failed = (
            edges: readonly { requestRate: number | null; errorRatio: number | null }[],
          ) => edges.reduce((sum, e) => sum + (e.requestRate ?? 0) * (e.errorRatio ?? 0), 0)
          expect(rate(scene.edges)).toBeCloseTo(rate(crossing), 6)
          expect(failed(scene.edges)).toBeCloseTo(failed(crossing), 6)
          expect(scene.edges.flatMap((e) => e.members).length).toBe(crossing.length)
          expect(scene.nodes.flatMap((n) => n.members).length).toBe(visible.nodes.length)
        },
      ),
    )
  })

  test('draws at most so many things as long as clusters allow it', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 5, max: 60 }), (graph, limit) => {
        const scene = buildScene(filterGraph(graph, all), limit)
        const drawn = scene.boxes.length + scene.nodes.length + scene.edges.length
        expect(drawn <= limit || scene.level === 'cluster').toBe(true)
      }),
    )
  })

  test('nests app in namespace in cluster, an app only where it has several versions', () => {
    const graph = testGraph(
      [testNode('east/shop/cart-v1'), testNode('east/shop/cart-v2'), testNode('east/shop/web-v1')],
      [],
    )
    const { boxes, nodes } = sceneAt(filterGraph(graph, all), 'workload')
    const titles = new Map(boxes.map((b) => [b.id, b.title]))
    const path = (id: string | null): string[] => {
      const box = boxes.find((b) => b.id === id)
      return box === undefined ? [] : [...path(box.parent), titles.get(box.id) ?? '']
    }
    expect(nodes.map((n) => [n.title, path(n.parent)])).toEqual([
      ['cart-v1', ['east', 'shop', 'cart']],
      ['cart-v2', ['east', 'shop', 'cart']],
      ['web-v1', ['east', 'shop']],
    ])
  })

  test('a box is as sick as the sickest in it; quiet ones do not make it look unknown', () => {
    const health = (status: 'healthy' | 'failing' | 'idle' | 'unknown') =>
      testNode('c/n/x', { health: { status, reasons: [] } })
    expect(worst([health('healthy'), health('failing'), health('unknown')])).toBe('failing')
    expect(worst([health('healthy'), health('unknown'), health('idle')])).toBe('healthy')
    expect(worst([health('unknown'), health('idle')])).toBe('idle')
  })

  test('one plaintext connection among many is not hidden by the others', () => {
    const edge = (ratio: number | null) => testEdge('a', 'b', mtls(ratio))
    expect(securityOf([edge(1), edge(1)])).toBe('mtls')
    expect(securityOf([edge(1), edge(0)])).toBe('partial')
    expect(securityOf([edge(0), edge(null)])).toBe('plaintext')
    expect(securityOf([edge(null)])).toBe('unknown')
    expect(securityOf([])).toBe('unknown')
  })
})

describe('filters', () => {
  const graph = testGraph(
    [
      testNode('east/shop/web-v1'),
      testNode('east/pay/card-v1', { health: { status: 'failing', reasons: [] } }),
      testNode('west/shop/web-v1'),
      testNode('west/shop/quiet-v1'),
      testNode('west/shop/broken-v1', { health: { status: 'failing', reasons: [] } }),
    ],
    [
      testEdge('east/shop/web-v1', 'east/pay/card-v1', { errorRatio: 0.2 }),
      testEdge('east/shop/web-v1', 'west/shop/web-v1', mtls(0.5)),
    ],
  )
  const seen = (query: Partial<Parameters<typeof filterGraph>[1]>) => {
    const { nodes, edges } = filterGraph(graph, { ...all, ...query })
    return [nodes.map(({ id }) => id), edges.length]
  }

  test('a place shows what is there and what that talks to', () => {
    expect(seen({ namespaces: ['pay'] })).toEqual([['east/shop/web-v1', 'east/pay/card-v1'], 1])
    expect(seen({ clusters: ['west'] })[0]).toEqual([
      'east/shop/web-v1',
      'west/shop/web-v1',
      'west/shop/quiet-v1',
      'west/shop/broken-v1',
    ])
  })

  test('idle ones can be left out, but never sick ones', () => {
    const { nodes, idleHidden } = filterGraph(graph, { ...all, idle: false })
    expect(nodes.map(({ name }) => name)).not.toContain('quiet-v1')
    expect(nodes.map(({ name }) => name)).toContain('broken-v1')
    expect(idleHidden).toBe(1)
  })

  test('each focus shows what it says', () => {
    expect(seen({ focus: 'errors' })[1]).toBe(1)
    expect(seen({ focus: 'plaintext' })).toEqual([['east/shop/web-v1', 'west/shop/web-v1'], 1])
    expect(seen({ focus: 'crossCluster' })[1]).toBe(1)
    expect(seen({ focus: 'problems' })[0]).toEqual([
      'east/shop/web-v1',
      'east/pay/card-v1',
      'west/shop/broken-v1',
    ])
  })
})
