import type { Rect } from './settle.ts'

/** A point on the map. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Share of the horizontal way that an edge first goes straight on; the drawing library is told the same. */
export const roundness = 0.5

/** A point of the curve between two cards, as it is drawn; `t` runs from 0 at the source to 1. */
export function pointOnCurve(source: Rect, target: Rect, t: number): Point {
  const from = middle(source)
  const to = middle(target)
  const dx = to.x - from.x
  const start = border(
    from,
    source,
    { x: from.x + Math.sign(dx) * roundness * Math.abs(dx), y: from.y },
    to,
  )
  const end = border(
    to,
    target,
    { x: to.x - Math.sign(dx) * roundness * Math.abs(dx), y: to.y },
    from,
  )
  const first = { x: from.x + roundness * dx, y: from.y }
  const second = { x: to.x - roundness * dx, y: to.y }
  const u = 1 - t
  const mix = (a: number, b: number, c: number, d: number) =>
    u ** 3 * a + 3 * t * u ** 2 * b + 3 * t ** 2 * u * c + t ** 3 * d
  return {
    x: mix(start.x, first.x, second.x, end.x),
    y: mix(start.y, first.y, second.y, end.y),
  }
}

function middle(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}

/** Where a curve that leaves towards `towards` crosses the card's border, about. */
function border(from: Point, rect: Rect, towards: Point, other: Point): Point {
  const aim = towards.x === from.x ? other : towards
  const dx = aim.x - from.x
  const dy = aim.y - from.y
  if (dx === 0 && dy === 0) return from
  const reach = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : rect.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : rect.height / 2 / Math.abs(dy),
    1,
  )
  return { x: from.x + dx * reach, y: from.y + dy * reach }
}
