import type { Rect } from '../layout/index.ts'
import type { SceneBox, SceneEdge } from '../scene/index.ts'
import { insets } from '../layout/index.ts'
import { pointOnCurve } from '../layout/index.ts'
import { edgeState, edgeTexts } from './edgeLook.ts'
import type { Emphasis } from './emphasis.ts'

/** A small label on an edge: a padlock, and where there is room what flows. */
export interface Badge {
  readonly edge: SceneEdge
  readonly rect: Rect
  /** Empty where there was only room for the padlock. */
  readonly text: string
}

/** Height of a badge, its padlock's size, and the room around both, at zoom 1. */
export const badgeSize = { height: 18, icon: 10, padding: 5, gap: 4 } as const
/** Where along an edge a badge may stand, best first. */
const spots = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8]
/** From this zoom on there is room for texts on all edges. */
const textsFrom = 0.58
/** Further out than this only what is wrong or selected is marked. */
const allFrom = 0.4

/**
 * Chooses badges that cover no card, no title and no other badge. What is
 * selected comes first, then what fails, then plaintext, then the most traffic.
 */
export function placeBadges(input: {
  readonly edges: readonly SceneEdge[]
  readonly boxes: readonly SceneBox[]
  readonly nodes: readonly { readonly id: string }[]
  readonly rects: ReadonlyMap<string, Rect>
  readonly emphasis: Emphasis | null
  readonly zoom: number
  /** Width of a text in a badge, at zoom 1. */
  readonly measure: (text: string) => number
}): readonly Badge[] {
  const { rects, emphasis, zoom } = input
  const obstacles: Rect[] = []
  for (const { id } of input.nodes) {
    const rect = rects.get(id)
    if (rect !== undefined) obstacles.push(rect)
  }
  for (const { id, kind } of input.boxes) {
    const rect = rects.get(id)
    if (rect !== undefined) obstacles.push({ ...rect, height: insets[kind].top })
  }
  // A badge keeps a readable size on the screen when the map is small.
  const size = Math.min(1.9, Math.max(1, 0.8 / zoom))
  const badges: Badge[] = []
  for (const edge of inOrder(input.edges, emphasis)) {
    const source = rects.get(edge.source)
    const target = rects.get(edge.target)
    if (source === undefined || target === undefined) continue
    const chosen = emphasis?.edges.has(edge.id) ?? false
    if (emphasis !== null && !chosen) continue
    const wrong = edgeState(edge) === 'failing' || edgeState(edge) === 'degraded' || isOpen(edge)
    if (!chosen && !wrong && zoom < allFrom) continue
    for (const text of [...(chosen || zoom >= textsFrom ? edgeTexts(edge) : []), '']) {
      const badge = fitBadge(edge, text, source, target, obstacles, size, input.measure)
      if (badge === null) continue
      badges.push(badge)
      obstacles.push(badge.rect)
      break
    }
  }
  return badges
}

/** Whether some of its traffic is known to be readable by others. */
export function isOpen(edge: SceneEdge): boolean {
  return edge.security === 'plaintext' || edge.security === 'partial'
}

function inOrder(edges: readonly SceneEdge[], emphasis: Emphasis | null): readonly SceneEdge[] {
  const rank = (edge: SceneEdge) => {
    if (emphasis?.edges.has(edge.id) === true) return 0
    const state = edgeState(edge)
    if (state === 'failing') return 1
    if (state === 'degraded') return 2
    return isOpen(edge) ? 3 : 4
  }
  return [...edges].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (b.requestRate ?? 0) - (a.requestRate ?? 0) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
}

function fitBadge(
  edge: SceneEdge,
  text: string,
  source: Rect,
  target: Rect,
  obstacles: readonly Rect[],
  size: number,
  measure: (text: string) => number,
): Badge | null {
  const padlock = edge.security !== 'unknown'
  if (text === '' && !padlock) return null
  const { padding, icon, gap } = badgeSize
  const content = (padlock ? icon : 0) + (text === '' ? 0 : measure(text) + (padlock ? gap : 0))
  const width = (content + 2 * padding) * size
  const height = badgeSize.height * size
  for (const t of spots) {
    const at = pointOnCurve(source, target, t)
    const rect = { x: at.x - width / 2, y: at.y - height / 2, width, height }
    if (!obstacles.some((other) => touches(rect, other))) return { edge, rect, text }
  }
  return null
}

function touches(a: Rect, b: Rect): boolean {
  const room = 2
  return (
    a.x < b.x + b.width + room &&
    b.x < a.x + a.width + room &&
    a.y < b.y + b.height + room &&
    b.y < a.y + a.height + room
  )
}
