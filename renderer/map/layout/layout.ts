import { arrange, arrangeMap, type Caps, type Gap, type Item, type SiblingLink } from './arrange.ts'
import { pointOnCurve, type Point } from './curve.ts'
import { extent, overlap, settle, type Rect } from './settle.ts'

/** Kinds of box, outermost first. */
export type BoxKind = 'cluster' | 'namespace' | 'app'

/** What is to be laid out. Boxes nest; a parent of null is the map itself. */
export interface LayoutInput {
  readonly boxes: readonly {
    readonly id: string
    readonly parent: string | null
    readonly kind: BoxKind
  }[]
  readonly nodes: readonly {
    readonly id: string
    readonly parent: string | null
    readonly width: number
    readonly height: number
  }[]
  readonly links: readonly SiblingLink[]
  /** Width by height of the window, for the first layout of a map. */
  readonly aspect: number
  /** Where everything stood last; null for a first layout. */
  readonly memory: Memory | null
}

/** Where something stands inside its parent's content, and whether it was drawn last time. */
export interface Standing extends Rect {
  readonly parent: string | null
  readonly live: boolean
}

/** Everything that ever stood on this map. What left keeps its spot until another takes it. */
export type Memory = ReadonlyMap<string, Standing>

/** Absolute rectangles of all boxes and nodes, and what to remember for the next layout. */
export interface Layout {
  readonly rects: ReadonlyMap<string, Rect>
  readonly bounds: Rect
  readonly memory: Memory
}

/** Room inside a box around its content: a title above, a margin all around. */
export const insets: Readonly<Record<BoxKind, { readonly top: number; readonly side: number }>> = {
  cluster: { top: 40, side: 16 },
  namespace: { top: 30, side: 14 },
  app: { top: 22, side: 8 },
}

const gaps: Readonly<Record<BoxKind | 'map', Gap>> = {
  map: { x: 52, y: 32 },
  cluster: { x: 46, y: 20 },
  namespace: { x: 54, y: 14 },
  app: { x: 24, y: 8 },
}

const free = Number.POSITIVE_INFINITY
const caps = (maxWidth: number, maxHeight: number, mergeSteps = false): Caps => ({
  maxWidth,
  maxHeight,
  mergeSteps,
})
/** Shapes tried for each kind of box in a first layout; the first is taken where one box is new. */
const shapes: Readonly<Record<BoxKind | 'map', readonly Caps[]>> = {
  app: [caps(free, 300)],
  namespace: [caps(1000, 340), caps(free, free), caps(700, 240)],
  cluster: [
    caps(1400, free),
    caps(free, free),
    caps(1150, free),
    caps(900, free),
    caps(1000, 700, true),
  ],
  map: [
    caps(free, free),
    caps(free, 700, true),
    caps(free, 1200, true),
    caps(free, 2200, true),
    caps(2000, free),
    caps(3200, free),
  ],
}

/**
 * Lays out box by box, inside first. Pure and deterministic: the same input,
 * memory included, gives the same places. With a memory nothing jumps: what
 * stood stays, newcomers stand near those they talk to, and a box that must grow
 * pushes only its siblings.
 */
export function layout(input: LayoutInput): Layout {
  const tree = treeOf(input)
  const first =
    input.memory === null || !tree.childrenOf(null).some(({ id }) => input.memory?.has(id))
  return first ? bestFirst(input, tree) : finish(input, tree, place(input, tree, null, usualShapes))
}

type ShapeChoice = Readonly<Record<BoxKind | 'map', Caps>>
const usualShapes: ShapeChoice = {
  app: shapes.app[0] ?? caps(free, free),
  namespace: shapes.namespace[0] ?? caps(free, free),
  cluster: shapes.cluster[0] ?? caps(free, free),
  map: shapes.map[0] ?? caps(free, free),
}

/** What it costs a layout, as a share of its zoom, if every link is awkward in one of these ways. */
const awkward = {
  /** Leads back to the left. */
  backwards: 0.7,
  /** Leads straight up or down, where it looks like a part of the column. */
  upright: 1.7,
  /** Passes behind a card that is neither of its ends; counted for each card. */
  behind: 0.9,
}
/** Where along a link it is looked what it passes behind. */
const looks = [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85]

/** Tries the shapes, and takes the one that shows large and with its links leading to the right. */
function bestFirst(input: LayoutInput, tree: Tree): Layout {
  let best: { layout: Layout; score: number } | undefined
  for (const namespace of shapes.namespace) {
    for (const cluster of shapes.cluster) {
      for (const map of shapes.map) {
        const choice = { app: usualShapes.app, namespace, cluster, map }
        const tried = finish(input, tree, place(input, tree, null, choice))
        const score = scoreOf(tried, input)
        if (best === undefined || score > best.score * 1.001) best = { layout: tried, score }
      }
    }
  }
  return best?.layout ?? finish(input, tree, place(input, tree, null, usualShapes))
}

/** The zoom at which a layout fits a window of height 1, less what awkward links cost. */
function scoreOf({ rects, bounds }: Layout, { aspect, links, nodes }: LayoutInput): number {
  const zoom = Math.min(aspect / Math.max(1, bounds.width), 1 / Math.max(1, bounds.height))
  const cards = nodes.map(({ id }) => rects.get(id)).filter((rect) => rect !== undefined)
  let cost = 0
  for (const { source, target } of links) {
    const from = rects.get(source)
    const to = rects.get(target)
    if (from === undefined || to === undefined || source === target) continue
    if (to.x + to.width <= from.x) cost += awkward.backwards
    else if (to.x < from.x + from.width) cost += awkward.upright
    const left = Math.min(from.x, to.x)
    const right = Math.max(from.x, to.x) + from.width
    const top = Math.min(from.y, to.y)
    const bottom = Math.max(from.y, to.y) + from.height
    let points: readonly Point[] | undefined
    for (const rect of cards) {
      if (rect === from || rect === to) continue
      if (rect.x > right || rect.y > bottom) continue
      if (rect.x + rect.width < left || rect.y + rect.height < top) continue
      points ??= looks.map((t) => pointOnCurve(from, to, t))
      if (points.some((point) => isInside(point, rect))) cost += awkward.behind
    }
  }
  return zoom / (1 + cost / Math.max(1, links.length))
}

function isInside({ x, y }: Point, rect: Rect): boolean {
  return x > rect.x && x < rect.x + rect.width && y > rect.y && y < rect.y + rect.height
}

interface Placement {
  readonly width: number
  readonly height: number
  /** Own descendants, relative to their parents' content. */
  readonly standing: ReadonlyMap<string, Standing>
}

interface Tree {
  childrenOf(box: string | null): readonly TreeNode[]
  linksIn(box: string | null): readonly SiblingLink[]
  inflowOf(id: string): number
  readonly cache: Map<string, Placement>
}

interface TreeNode {
  readonly id: string
  readonly box: BoxKind | null
  readonly width: number
  readonly height: number
}

function treeOf(input: LayoutInput): Tree {
  const children = new Map<string | null, TreeNode[]>()
  const parentOf = new Map<string, string | null>()
  const add = (parent: string | null, node: TreeNode) => {
    parentOf.set(node.id, parent)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [node])
    else siblings.push(node)
  }
  for (const { id, parent, kind } of input.boxes)
    add(parent, { id, box: kind, width: 0, height: 0 })
  for (const { id, parent, width, height } of input.nodes)
    add(parent, { id, box: null, width, height })
  const links = new Map<string | null, SiblingLink[]>()
  const inflow = new Map<string, number>()
  for (const link of input.links) {
    const lifted = lift(link, parentOf)
    if (lifted === null) continue
    for (const id of lifted.sourcesWithin) inflow.set(id, (inflow.get(id) ?? 0) - link.weight)
    for (const id of lifted.targetsWithin) inflow.set(id, (inflow.get(id) ?? 0) + link.weight)
    const known = links.get(lifted.box)
    if (known === undefined) links.set(lifted.box, [lifted.link])
    else known.push(lifted.link)
  }
  return {
    childrenOf: (box) => children.get(box) ?? [],
    linksIn: (box) => links.get(box) ?? [],
    inflowOf: (id) => inflow.get(id) ?? 0,
    cache: new Map(),
  }
}

interface Lifted {
  /** The innermost box that holds both ends. */
  readonly box: string | null
  /** Which of that box's children they are in. */
  readonly link: SiblingLink
  /** What encloses the ends below those children: for them the link leads outside. */
  readonly sourcesWithin: readonly string[]
  readonly targetsWithin: readonly string[]
}

/** Raises a link to where its ends part; null for a link within one node or to nowhere. */
function lift(link: SiblingLink, parentOf: ReadonlyMap<string, string | null>): Lifted | null {
  if (!parentOf.has(link.source) || !parentOf.has(link.target)) return null
  const path = (id: string) => {
    const up: (string | null)[] = [id]
    for (let at: string | null = id; at !== null;) {
      at = parentOf.get(at) ?? null
      up.push(at)
    }
    return up.reverse()
  }
  const from = path(link.source)
  const to = path(link.target)
  for (let depth = 1; depth < Math.min(from.length, to.length); depth += 1) {
    const source = from[depth]
    const target = to[depth]
    if (source == null || target == null) return null
    if (source === target) continue
    return {
      box: from[depth - 1] ?? null,
      link: { source, target, weight: link.weight },
      sourcesWithin: from.slice(depth + 1).filter((id) => id !== null),
      targetsWithin: to.slice(depth + 1).filter((id) => id !== null),
    }
  }
  return null
}

function place(
  input: LayoutInput,
  tree: Tree,
  box: { readonly id: string; readonly kind: BoxKind } | null,
  choice: ShapeChoice,
): Placement {
  const kind = box?.kind ?? 'map'
  const key = cacheKey(box, choice)
  const cached = tree.cache.get(key)
  if (cached !== undefined) return cached
  const id = box?.id ?? null
  const standing = new Map<string, Standing>()
  const items: Item[] = []
  for (const child of tree.childrenOf(id)) {
    const inflow = tree.inflowOf(child.id)
    if (child.box === null) {
      items.push({ id: child.id, width: child.width, height: child.height, inflow })
      continue
    }
    const inner = place(input, tree, { id: child.id, kind: child.box }, choice)
    for (const [descendant, at] of inner.standing) standing.set(descendant, at)
    const { top, side } = insets[child.box]
    items.push({
      id: child.id,
      width: inner.width + 2 * side,
      height: inner.height + top + side,
      inflow,
    })
  }
  const links = tree.linksIn(id)
  const known = knownHere(input.memory, id, items)
  const gap = gaps[kind]
  let rects: ReadonlyMap<string, Rect>
  let size: { readonly width: number; readonly height: number }
  if (known.size === 0) {
    const boxes = new Set(
      tree.childrenOf(id).flatMap((child) => (child.box === null ? [] : [child.id])),
    )
    const { places, width, height } =
      box === null && boxes.size > 0
        ? arrangeMap(
            items.filter((item) => boxes.has(item.id)),
            items.filter((item) => !boxes.has(item.id)),
            links,
            choice.map,
            gap,
          )
        : arrange(items, links, choice[kind], gap)
    rects = new Map(items.map((item) => [item.id, { ...item, ...(places.get(item.id) ?? origin) }]))
    size = { width, height }
  } else {
    const room = extent(known.values(), lastContent(input.memory, box))
    rects = settle(items, known, links, room, gap)
    size = extent(rects.values(), room)
  }
  for (const [child, rect] of rects) {
    const { x, y, width, height } = rect
    standing.set(child, { x, y, width, height, parent: id, live: true })
  }
  const placement = { ...size, standing }
  tree.cache.set(key, placement)
  return placement
}

const origin = { x: 0, y: 0 }

/** The memory of those that stand in this box, without any that another has displaced meanwhile. */
function knownHere(
  memory: Memory | null,
  box: string | null,
  items: readonly Item[],
): ReadonlyMap<string, Rect> {
  const known = new Map<string, Rect>()
  const remembered = items
    .map(({ id }) => ({ id, at: memory?.get(id) }))
    .sort(
      (a, b) => Number(b.at?.live ?? false) - Number(a.at?.live ?? false) || (a.id < b.id ? -1 : 1),
    )
  for (const { id, at } of remembered) {
    if (at === undefined || at.parent !== box) continue
    if ([...known.values()].some((other) => overlap(at, other))) continue
    known.set(id, at)
  }
  return known
}

/** A box never shrinks while its map is looked at: its last content is the least. */
function lastContent(
  memory: Memory | null,
  box: { readonly id: string; readonly kind: BoxKind } | null,
): { readonly width: number; readonly height: number } {
  const last = box === null ? undefined : memory?.get(box.id)
  if (box === null || last === undefined) return { width: 0, height: 0 }
  const { top, side } = insets[box.kind]
  return { width: last.width - 2 * side, height: last.height - top - side }
}

function cacheKey(
  box: { readonly id: string; readonly kind: BoxKind } | null,
  choice: ShapeChoice,
): string {
  const kind = box?.kind ?? 'map'
  const depends = {
    app: [choice.app],
    namespace: [choice.app, choice.namespace],
    cluster: [choice.app, choice.namespace, choice.cluster],
    map: [choice.app, choice.namespace, choice.cluster, choice.map],
  }[kind]
  const names = depends.map((c) => `${c.maxWidth},${c.maxHeight},${c.mergeSteps}`)
  return JSON.stringify([box?.id ?? null, names])
}

/** From places inside parents to places on the map. */
function finish(input: LayoutInput, tree: Tree, placement: Placement): Layout {
  const rects = new Map<string, Rect>()
  const walk = (box: string | null, x: number, y: number) => {
    for (const child of tree.childrenOf(box)) {
      const at = placement.standing.get(child.id)
      if (at === undefined) continue
      const rect = { x: x + at.x, y: y + at.y, width: at.width, height: at.height }
      rects.set(child.id, rect)
      if (child.box !== null) {
        const { top, side } = insets[child.box]
        walk(child.id, rect.x + side, rect.y + top)
      }
    }
  }
  walk(null, 0, 0)
  const memory = new Map<string, Standing>()
  for (const [id, at] of input.memory ?? []) memory.set(id, { ...at, live: false })
  for (const [id, at] of placement.standing) memory.set(id, at)
  const { width, height } = placement
  return { rects, bounds: { x: 0, y: 0, width, height }, memory }
}
