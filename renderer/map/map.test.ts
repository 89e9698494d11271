import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badgeSize, placeBadges } from './canvas/badges.ts'
import { edgeDashes, edgeState, edgeTexts, edgeWidth } from './canvas/edgeLook.ts'
import { emphasisOf } from './canvas/emphasis.ts'
import { cut } from './canvas/text.ts'
import { freshnessOf } from './freshness.ts'
import { layout } from './layout/index.ts'
import { layoutInput } from './layout/place.ts'
import { overlap } from './layout/settle.ts'
import { explainFlags } from './panel/flags.ts'
import { totalOf } from './panel/rates.ts'
import { edgeRows, nodeRows, sortRows } from './rows.ts'
import { filterGraph, sceneAt } from './scene/index.ts'
import { testEdge, testGraph, testNode } from './testing.ts'
import { formatMapQuery, groupings, parseMapQuery, windows, type MapQuery } from './url.ts'

const all = { clusters: [], namespaces: [], focus: 'all', idle: true } as const
const graph = testGraph(
  ['web-v1', 'cart-v1', 'cart-v2', 'db-v1'].map((name) => testNode(`east/shop/${name}`)),
  [
    testEdge('east/shop/web-v1', 'east/shop/cart-v1', { errorRatio: 0.5, requestRate: 4 }),
    testEdge('east/shop/web-v1', 'east/shop/cart-v2', { requestRate: 6 }),
    testEdge('east/shop/cart-v1', 'east/shop/db-v1', {
      protocol: 'tcp',
      requestRate: null,
      errorRatio: null,
      bytesPerSecond: { sent: 2000, received: 500 },
    }),
  ],
)
const visible = filterGraph(graph, all)
const scene = sceneAt(visible, 'workload')

describe('the address', () => {
  const queries: fc.Arbitrary<MapQuery> = fc.record({
    view: fc.constantFrom('map', 'table'),
    windowSeconds: fc.constantFrom(...windows),
    by: fc.constantFrom(...groupings),
    focus: fc.constantFrom('all', 'problems', 'errors', 'plaintext', 'crossCluster'),
    clusters: fc.array(fc.string()),
    namespaces: fc.array(fc.string()),
    idle: fc.boolean(),
    search: fc.string(),
    selected: fc.option(fc.string()),
  })

  test('keeps every choice, whatever the names', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const address = formatMapQuery(query).toString()
        expect(parseMapQuery(new URLSearchParams(address))).toEqual(query)
      }),
    )
  })

  test('says nothing of what is as usual, and ignores nonsense', () => {
    expect(formatMapQuery(parseMapQuery(new URLSearchParams())).toString()).toBe('')
    const odd = parseMapQuery(new URLSearchParams('window=7&by=pod&focus=x&view=y'))
    expect(formatMapQuery(odd).toString()).toBe('')
  })
})

describe('an edge', () => {
  const [failing, fine] = scene.edges
  test('is told apart by more than its colour', () => {
    expect(scene.edges.map(edgeState)).toEqual(['failing', 'fine', 'fine'])
    const looks = [0, 0.05, 0.5].map((errorRatio) =>
      fine === undefined ? null : JSON.stringify(edgeDashes({ ...fine, errorRatio })),
    )
    expect(new Set(looks).size).toBe(3)
  })

  test('is wider the more flows, and never too wide', () => {
    const width = (requestRate: number) =>
      fine === undefined ? 0 : edgeWidth({ ...fine, requestRate })
    expect(width(0)).toBeLessThan(width(10))
    expect(width(10)).toBeLessThan(width(1000))
    expect(width(1e12)).toBe(7)
  })

  test('says what flows and what fails', () => {
    expect(failing && edgeTexts(failing)).toEqual(['4/s · 50 % errors', '50 % errors'])
    expect(scene.edges[2] && edgeTexts(scene.edges[2])).toEqual(['TCP 2.5 kB/s'])
  })
})

test('badges cover no card and no other badge, however many edges, at any zoom', () => {
  const crowds = fc.array(
    fc.tuple(fc.nat(7), fc.nat(7), fc.double({ min: 0, max: 1, noNaN: true })),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  fc.assert(
    fc.property(crowds, fc.constantFrom(0.3, 0.6, 1, 2), (edges, zoom) => {
      const nodes = Array.from({ length: 8 }, (_, i) => testNode(`c/n${i % 2}/w${i}`))
      const crowd = testGraph(
        nodes,
        edges.map(([from, to, errorRatio]) =>
          testEdge(nodes[from]?.id ?? '', nodes[to]?.id ?? '', { errorRatio }),
        ),
      )
      const drawn = sceneAt(filterGraph(crowd, all), 'workload')
      const { rects } = layout({ ...layoutInput(drawn), aspect: 2, memory: null })
      const measure = (text: string) => text.length * 6
      const badges = placeBadges({ ...drawn, rects, emphasis: null, zoom, measure })
      const taken = [
        ...drawn.nodes.map(({ id }) => rects.get(id)),
        ...badges.map((badge) => badge.rect),
      ]
      badges.forEach(({ rect }, i) => {
        expect(rect.height).toBeGreaterThanOrEqual(badgeSize.height)
        taken.forEach((other, j) => {
          if (other === undefined || j === drawn.nodes.length + i) return
          expect(overlap(rect, other)).toBe(false)
        })
      })
      if (drawn.edges.some(({ errorRatio }) => errorRatio !== 0)) {
        expect(badges.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: 40 },
  )
})

test('a selection keeps its neighbourhood, an edge its ends, a search what it finds', () => {
  const names = (selected: string | null, search = '') =>
    [...(emphasisOf(scene, selected, search)?.nodes ?? [])].map((id) => id.split('/')[2]).sort()
  expect(names('east/shop/cart-v1')).toEqual(['cart-v1', 'db-v1', 'web-v1'])
  expect(names(scene.edges[1]?.id ?? null)).toEqual(['cart-v2', 'web-v1'])
  expect(names(null, ' CART')).toEqual(['cart-v1', 'cart-v2'])
  expect(emphasisOf(scene, 'gone', '')).toBeNull()
  expect(emphasisOf(scene, null, ' ')).toBeNull()
})

test('a text that is too long is cut between characters', () => {
  const fits = (width: number) => (part: string) => Array.from(part).length <= width
  expect(cut('short', fits(5))).toBe('short')
  expect(cut('longer', fits(5))).toBe('long…')
  expect(cut('🧩🧩🧩', fits(2))).toBe('🧩…')
  expect(cut('x', fits(0))).toBe('…')
})

test('says which clusters are in the picture, and whose numbers are old', () => {
  const cluster = (name: string, ageSeconds: number | null, state = 'ready' as const) => ({
    name,
    state,
    ageSeconds,
  })
  expect(freshnessOf([cluster('a', 1), cluster('b', 2)])).toEqual({
    complete: true,
    summary: '2 clusters',
    remarks: [],
  })
  expect(
    freshnessOf([cluster('a', 1), cluster('east', 40), { ...cluster('c', null), state: 'paused' }]),
  ).toEqual({
    complete: false,
    summary: '2 of 3 clusters',
    remarks: ['east 40 s old', 'c paused'],
  })
  expect(freshnessOf([cluster('a', null)]).remarks).toEqual(['a no telemetry'])
})

describe('the table', () => {
  test('has every node and every edge of the map', () => {
    expect(
      nodeRows(visible, '').map(({ name, rateIn, errorsIn }) => [name, rateIn, errorsIn]),
    ).toEqual([
      ['web-v1', null, null],
      ['cart-v1', 4, 0.5],
      ['cart-v2', 6, 0],
      ['db-v1', null, null],
    ])
    expect(edgeRows(visible, scene.edges, '').map(({ sceneId }) => sceneId)).toEqual(
      scene.edges.map(({ id }) => id),
    )
    expect(edgeRows(visible, scene.edges, 'db').length).toBe(1)
  })

  test('sorts what is not known last, whichever way', () => {
    const rows = [
      { id: 'a', n: null },
      { id: 'b', n: 2 },
      { id: 'c', n: 1 },
      { id: 'd', n: 2 },
    ]
    const ids = (direction: 'asc' | 'desc') =>
      sortRows<{ id: string; n: number | null }>(rows, { key: 'n', direction }).map(({ id }) => id)
    expect(ids('asc')).toEqual(['c', 'b', 'd', 'a'])
    expect(ids('desc')).toEqual(['b', 'd', 'c', 'a'])
  })
})

test('totals weigh errors by requests and do not turn the unknown into 0', () => {
  expect(totalOf([...graph.edges.values()])).toEqual({
    requestRate: 10,
    errorRatio: 0.2,
    bytesSent: 2000,
    bytesReceived: 500,
  })
  expect(totalOf([])).toEqual({
    requestRate: null,
    errorRatio: null,
    bytesSent: null,
    bytesReceived: null,
  })
})

test('response flags are explained, and unknown ones kept', () => {
  expect(explainFlags('UF,URX')).toBe(
    'UF: the upstream connection failed; URX: the retries were used up',
  )
  expect(explainFlags('ZZ')).toBe('ZZ')
  expect(explainFlags('-')).toBeNull()
})
