import type { Gap, Item, SiblingLink } from './arrange.ts'

/** A rectangle; `x` and `y` are its top left corner. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How many of the nearest siblings a newcomer looks beside for a free spot. */
const nearestSiblings = 14
/** How much worse it is to make the box grow by one than to stand one further from the neighbours. */
const growthCost = 0.6

/**
 * Places siblings of which some stood here before. Who stood stays; one that
 * grew pushes those right of it to the right and those below it down, and
 * nobody else; a newcomer takes the free spot nearest to those it talks to.
 * `known` must not overlap. The room is the content's size so far.
 */
export function settle(
  items: readonly Item[],
  known: ReadonlyMap<string, Rect>,
  links: readonly SiblingLink[],
  room: { readonly width: number; readonly height: number },
  gap: Gap,
): ReadonlyMap<string, Rect> {
  const sorted = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const placed = new Map<string, Rect>()
  for (const { id } of sorted) {
    const rect = known.get(id)
    if (rect !== undefined) placed.set(id, rect)
  }
  for (const item of sorted) {
    const rect = placed.get(item.id)
    if (rect !== undefined) grow(placed, item.id, rect, item)
  }
  for (const item of sorted) {
    if (placed.has(item.id)) continue
    placed.set(item.id, findSpot(item, placed, links, extent(placed.values(), room), gap))
  }
  return placed
}

/** The smallest size that holds all, and at least `room`. */
export function extent(
  rects: Iterable<Rect>,
  room: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  let { width, height } = room
  for (const rect of rects) {
    width = Math.max(width, rect.x + rect.width)
    height = Math.max(height, rect.y + rect.height)
  }
  return { width, height }
}

function grow(placed: Map<string, Rect>, id: string, rect: Rect, size: Item): void {
  const dx = Math.max(0, size.width - rect.width)
  const dy = Math.max(0, size.height - rect.height)
  if (dx === 0 && dy === 0) return
  const right = rect.x + rect.width
  const bottom = rect.y + rect.height
  for (const [other, at] of placed) {
    if (other === id) continue
    placed.set(other, {
      ...at,
      x: at.x >= right ? at.x + dx : at.x,
      y: at.y >= bottom ? at.y + dy : at.y,
    })
  }
  placed.set(id, { ...rect, width: rect.width + dx, height: rect.height + dy })
}

function findSpot(
  item: Item,
  placed: ReadonlyMap<string, Rect>,
  links: readonly SiblingLink[],
  room: { readonly width: number; readonly height: number },
  gap: Gap,
): Rect {
  const { width, height } = item
  const target = targetOf(item.id, placed, links, room)
  const distance = (rect: Rect) =>
    Math.hypot(rect.x + rect.width / 2 - target.x, rect.y + rect.height / 2 - target.y)
  const near = [...placed.values()]
    .sort((a, b) => distance(a) - distance(b) || a.x - b.x || a.y - b.y)
    .slice(0, nearestSiblings)
  const xs = new Set<number>([0])
  const ys = new Set<number>([0])
  for (const rect of near) {
    for (const x of [rect.x, rect.x + rect.width + gap.x, rect.x - gap.x - width]) {
      if (x >= 0) xs.add(x)
    }
    for (const y of [rect.y, rect.y + rect.height + gap.y, rect.y - gap.y - height]) {
      if (y >= 0) ys.add(y)
    }
  }
  let best: Rect | undefined
  let bestCost = Number.POSITIVE_INFINITY
  for (const x of [...xs].sort((a, b) => a - b)) {
    for (const y of [...ys].sort((a, b) => a - b)) {
      const rect = { x, y, width, height }
      const growth = Math.max(0, x + width - room.width) + Math.max(0, y + height - room.height)
      const cost = distance(rect) + growth * growthCost
      if (cost < bestCost && isFree(rect, placed.values(), gap)) {
        best = rect
        bestCost = cost
      }
    }
  }
  // Below everything there is always room.
  return best ?? { x: 0, y: extent(placed.values(), room).height + gap.y, width, height }
}

/** The middle of those it talks to; without any, the lower right corner. */
function targetOf(
  id: string,
  placed: ReadonlyMap<string, Rect>,
  links: readonly SiblingLink[],
  room: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number } {
  let x = 0
  let y = 0
  let count = 0
  for (const { source, target } of links) {
    const other = source === id ? target : target === id ? source : undefined
    const rect = other === undefined ? undefined : placed.get(other)
    if (rect === undefined) continue
    x += rect.x + rect.width / 2
    y += rect.y + rect.height / 2
    count += 1
  }
  return count === 0 ? { x: room.width, y: room.height } : { x: x / count, y: y / count }
}

/** Whether a rectangle keeps its gap to all others. */
function isFree(rect: Rect, others: Iterable<Rect>, gap: Gap): boolean {
  for (const other of others) {
    if (
      rect.x < other.x + other.width + gap.x &&
      other.x < rect.x + rect.width + gap.x &&
      rect.y < other.y + other.height + gap.y &&
      other.y < rect.y + rect.height + gap.y
    ) {
      return false
    }
  }
  return true
}

/** Whether two rectangles share any area. */
export function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
