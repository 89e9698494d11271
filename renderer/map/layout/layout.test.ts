import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { insets, layout, type BoxKind, type Layout, type LayoutInput } from './layout.ts'
import { overlap, type Rect } from './settle.ts'

const size = { width: 172, height: 42 }
type Scene = Omit<LayoutInput, 'aspect' | 'memory'>

/** Random fleets: some clusters of namespaces of workloads, some apps, some outsiders, any links. */
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    nodes: fc.uniqueArray(
      fc.record({
        cluster: fc.integer({ min: -1, max: 3 }),
        namespace: fc.integer({ min: 0, max: 3 }),
        app: fc.integer({ min: 0, max: 4 }),
        name: fc.integer({ min: 0, max: 30 }),
      }),
      {
        minLength: 1,
        maxLength: 40,
        selector: (n) => `${n.cluster}/${n.cluster < 0 ? 0 : n.namespace}/${n.name}`,
      },
    ),
    links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 12 })), {
      maxLength: 60,
    }),
  })
  .map(({ nodes, links }) => sceneOf(nodes, links))

function sceneOf(
  nodes: readonly { cluster: number; namespace: number; app: number; name: number }[],
  links: readonly (readonly [number, number, number])[],
): Scene {
  const boxes = new Map<string, { id: string; parent: string | null; kind: BoxKind }>()
  const placed = nodes.map(({ cluster, namespace, app, name }) => {
    if (cluster < 0) return { id: `x${name}`, parent: null, ...size }
    const c = `c${cluster}`
    const ns = `${c}/n${namespace}`
    boxes.set(c, { id: c, parent: null, kind: 'cluster' })
    boxes.set(ns, { id: ns, parent: c, kind: 'namespace' })
    if (app > 0) return { id: `${ns}/w${name}`, parent: ns, ...size }
    boxes.set(`${ns}/a`, { id: `${ns}/a`, parent: ns, kind: 'app' })
    return { id: `${ns}/w${name}`, parent: `${ns}/a`, ...size }
  })
  return {
    boxes: [...boxes.values()],
    nodes: placed,
    links: links.flatMap(([s, t, weight]) => {
      const source = placed[s % placed.length]?.id
      const target = placed[t % placed.length]?.id
      return source === undefined || target === undefined ? [] : [{ source, target, weight }]
    }),
  }
}

const first = (scene: Scene, aspect = 2): Layout => layout({ ...scene, aspect, memory: null })
const next = (scene: Scene, last: Layout): Layout =>
  layout({ ...scene, aspect: 2, memory: last.memory })

function rectOf(layout: Layout, id: string): Rect {
  const rect = layout.rects.get(id)
  if (rect === undefined) throw new Error(`${id} has no place`)
  return rect
}

/** Everything has a place; siblings never overlap; what is in a box is inside it, below its title. */
function expectSound(scene: Scene, made: Layout): void {
  const all = [...scene.boxes, ...scene.nodes]
  for (const a of all) {
    const rect = rectOf(made, a.id)
    for (const b of all) {
      if (a.id < b.id && a.parent === b.parent && overlap(rect, rectOf(made, b.id))) {
        throw new Error(`${a.id} and ${b.id} overlap`)
      }
    }
    const box = scene.boxes.find(({ id }) => id === a.parent)
    const outer = box === undefined ? made.bounds : rectOf(made, box.id)
    const { top, side } = box === undefined ? { top: 0, side: 0 } : insets[box.kind]
    expect(rect.x).toBeGreaterThanOrEqual(outer.x + side)
    expect(rect.y).toBeGreaterThanOrEqual(outer.y + top)
    expect(rect.x + rect.width).toBeLessThanOrEqual(outer.x + outer.width - side)
    expect(rect.y + rect.height).toBeLessThanOrEqual(outer.y + outer.height - side)
  }
}

describe('a first layout', { timeout: 60_000 }, () => {
  test('places everything, nothing overlapping, all inside its box', () => {
    fc.assert(
      fc.property(scenes, (scene) => expectSound(scene, first(scene))),
      { numRuns: 30 },
    )
  })

  test('is the same whatever order its input is in', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const turned = {
          boxes: [...scene.boxes].reverse(),
          nodes: [...scene.nodes].reverse(),
          links: [...scene.links].reverse(),
        }
        const a = first(scene).rects
        for (const [id, rect] of first(turned).rects) expect(rect).toEqual(a.get(id))
      }),
      { numRuns: 20 },
    )
  })

  test('puts callers left of those they call', () => {
    const chain = sceneOf(
      [1, 2, 3, 4].map((name) => ({ cluster: 0, namespace: 0, app: 1, name })),
      [
        [0, 1, 1],
        [1, 2, 1],
        [2, 3, 1],
        [3, 1, 1],
      ],
    )
    const made = first(chain, 6)
    const lefts = chain.nodes.map(({ id }) => rectOf(made, id).x)
    expect(lefts).toEqual([...lefts].sort((a, b) => a - b))
    expect(new Set(lefts).size).toBe(4)
  })

  test('breaks a cycle of boxes where the least traffic flows, and starts where traffic enters', () => {
    const node = (ns: string, name: string) => ({
      id: `c/${ns}/${name}`,
      parent: `c/${ns}`,
      ...size,
    })
    const made = first(
      {
        boxes: [
          { id: 'c', parent: null, kind: 'cluster' },
          ...['edge', 'shop', 'pay'].map(
            (ns) => ({ id: `c/${ns}`, parent: 'c', kind: 'namespace' }) as const,
          ),
        ],
        nodes: [
          { id: 'client', parent: null, ...size },
          node('edge', 'ingress'),
          node('edge', 'egress'),
          node('shop', 'web'),
          node('pay', 'card'),
        ],
        links: [
          { source: 'client', target: 'c/edge/ingress', weight: 7 },
          { source: 'c/edge/ingress', target: 'c/shop/web', weight: 7 },
          { source: 'c/shop/web', target: 'c/pay/card', weight: 4 },
          { source: 'c/pay/card', target: 'c/edge/egress', weight: 3 },
        ],
      },
      6,
    )
    const left = (id: string) => rectOf(made, id).x
    expect(left('client')).toBeLessThan(left('c/edge'))
    expect(left('c/edge')).toBeLessThan(left('c/shop'))
    expect(left('c/shop')).toBeLessThan(left('c/pay'))
  })
})

describe('the next layout', { timeout: 60_000 }, () => {
  test('of the same scene moves nothing', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const made = first(scene)
        expect(next(scene, made).rects).toEqual(made.rects)
      }),
      { numRuns: 30 },
    )
  })

  test('stays sound through any series of scenes', () => {
    fc.assert(
      fc.property(fc.array(scenes, { minLength: 2, maxLength: 5 }), ([start, ...rest]) => {
        if (start === undefined) return
        let made = first(start)
        for (const scene of rest) {
          made = next(scene, made)
          expectSound(scene, made)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('leaves what stays where it is when something goes', () => {
    fc.assert(
      fc.property(scenes, fc.nat(), (scene, pick) => {
        const made = first(scene)
        const gone = scene.nodes[pick % scene.nodes.length]?.id
        const rest = { ...scene, nodes: scene.nodes.filter(({ id }) => id !== gone) }
        const after = next(rest, made)
        for (const { id } of rest.nodes) expect(after.rects.get(id)).toEqual(made.rects.get(id))
        // And when it comes back, it comes back to its place.
        expect(next(scene, after).rects).toEqual(made.rects)
      }),
      { numRuns: 30 },
    )
  })

  test('with one more node moves nothing within any other box', () => {
    fc.assert(
      fc.property(scenes, fc.nat(), (scene, pick) => {
        const made = first(scene)
        const beside = scene.nodes[pick % scene.nodes.length]
        if (beside === undefined) return
        const added = { id: `${beside.id}-new`, parent: beside.parent, ...size }
        const more = {
          ...scene,
          nodes: [...scene.nodes, added],
          links: [...scene.links, { source: beside.id, target: added.id, weight: 1 }],
        }
        const after = next(more, made)
        for (const node of [...scene.nodes, ...scene.boxes]) {
          const before = made.memory.get(node.id)
          const now = after.memory.get(node.id)
          if (node.parent !== beside.parent && !contains(scene, node.parent, beside.parent)) {
            expect(now).toEqual(before)
          }
          if (node.parent === beside.parent && !('kind' in node)) expect(now).toEqual(before)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('puts a newcomer near those it talks to', () => {
    const spread = sceneOf(
      Array.from({ length: 24 }, (_, name) => ({ cluster: 0, namespace: 0, app: 1, name })),
      Array.from({ length: 23 }, (_, i) => [i, i + 1, 1] as const),
    )
    const made = first(spread)
    const friend = 'c0/n0/w12'
    const newcomer = { id: 'c0/n0/new', parent: 'c0/n0', ...size }
    const after = next(
      {
        ...spread,
        nodes: [...spread.nodes, newcomer],
        links: [...spread.links, { source: friend, target: newcomer.id, weight: 1 }],
      },
      made,
    )
    const distances = spread.nodes
      .map(({ id }) => distance(after, friend, id))
      .sort((a, b) => a - b)
    expect(distance(after, friend, newcomer.id)).toBeLessThanOrEqual(distances[6] ?? 0)
  })
})

/** Whether `box` encloses `inner` (null is the map itself). */
function contains(scene: Scene, box: string | null, inner: string | null): boolean {
  for (let at = inner; at !== null; at = scene.boxes.find(({ id }) => id === at)?.parent ?? null) {
    if (at === box) return true
  }
  return box === null
}

function distance(made: Layout, a: string, b: string): number {
  const from = rectOf(made, a)
  const to = rectOf(made, b)
  return Math.hypot(from.x - to.x, from.y - to.y)
}
