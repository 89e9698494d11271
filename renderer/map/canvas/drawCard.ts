import { healthLooks } from '../../ui/index.ts'
import type { Rect } from '../layout/index.ts'
import type { SceneNode } from '../scene/index.ts'
import { drawGlyph, kindGlyph } from './glyphs.ts'
import type { Palette } from './palette.ts'
import { fitText } from './text.ts'

/** Below these zooms the detail line, then the texts, are no longer drawn. */
const detailFrom = 0.62
const titleFrom = 0.28

/** How one card is to be drawn. */
export interface CardLook {
  readonly palette: Palette
  readonly zoom: number
  readonly selected: boolean
  readonly hovered: boolean
  /** In the background because something else stands out. */
  readonly dimmed: boolean
}

/** Draws a node: its kind by shape and icon, its health by border, stripe and mark. */
export function drawCard(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  rect: Rect,
  look: CardLook,
): void {
  const { palette, zoom } = look
  const tone = palette.tones[healthLooks[node.health].tone]
  const bad = sick(node)
  const quiet = node.health === 'idle' || node.health === 'unknown'
  ctx.save()
  if (look.dimmed) {
    // Opaque all the same: edges must not show through.
    outline(ctx, node.kind, rect)
    ctx.fillStyle = palette.card
    ctx.fill()
    ctx.globalAlpha = 0.3
  }
  if (node.kind === 'namespace' || node.kind === 'cluster' || node.kind === 'app') {
    outline(ctx, node.kind, { ...rect, x: rect.x + 4, y: rect.y + 4 })
    paint(ctx, palette.card, palette.border, 1)
  }
  if (look.selected || look.hovered) {
    const grown = look.selected ? 4 : 2.5
    outline(ctx, node.kind, {
      x: rect.x - grown,
      y: rect.y - grown,
      width: rect.width + 2 * grown,
      height: rect.height + 2 * grown,
    })
    paint(ctx, null, palette.selection, look.selected ? 3 : 1.5)
  }
  outline(ctx, node.kind, rect)
  if (node.health === 'degraded') ctx.setLineDash([7, 4])
  else if (quiet) ctx.setLineDash([2, 3])
  paint(ctx, palette.card, bad ? tone : palette.border, bad ? 2.4 : 1.2)
  ctx.setLineDash([])
  if (bad) {
    ctx.save()
    outline(ctx, node.kind, rect)
    ctx.clip()
    ctx.globalAlpha *= 0.1
    ctx.fillStyle = tone
    ctx.fillRect(rect.x, rect.y, rect.width, rect.height)
    ctx.restore()
  }
  drawKind(ctx, node, rect, look)
  if (zoom >= titleFrom) drawTexts(ctx, node, rect, look)
  drawMark(ctx, node, rect, look)
  ctx.restore()
}

function drawKind(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  rect: Rect,
  look: CardLook,
): void {
  const quiet = node.health === 'idle' || node.health === 'unknown'
  const glyph = kindGlyph(node.kind, node.members[0]?.kubernetesKind ?? null)
  const size = 17
  ctx.fillStyle = quiet ? look.palette.subtle : look.palette.icon
  drawGlyph(ctx, glyph, rect.x + 12, rect.y + (rect.height - size) / 2, size)
}

function drawTexts(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  rect: Rect,
  look: CardLook,
): void {
  const { palette, zoom } = look
  const left = rect.x + 37
  const width = rect.width - 37 - (hasMark(node) ? (sick(node) ? 31 : 25) : 14)
  const withDetail = node.detail !== '' && zoom >= detailFrom
  // Far out the name is drawn larger than life, so that it can be read for longer.
  const size = withDetail ? 13 : Math.min(16, Math.max(13, 8.5 / zoom))
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  ctx.fillStyle = palette.text
  ctx.font = `500 ${size}px ${palette.fontFamily}`
  const middle = rect.y + rect.height / 2
  ctx.fillText(fitText(ctx, node.title, width), left, withDetail ? middle - 7.5 : middle)
  if (!withDetail) return
  ctx.fillStyle = palette.subtle
  ctx.font = `400 11px ${palette.fontFamily}`
  ctx.fillText(fitText(ctx, node.detail, width), left, middle + 9)
}

function sick({ health }: SceneNode): boolean {
  return health === 'failing' || health === 'degraded'
}

function hasMark(node: SceneNode): boolean {
  return node.kind !== 'external' || node.health !== 'unknown'
}

/** The mark of its health: the second cue beside the colour. */
function drawMark(
  ctx: CanvasRenderingContext2D,
  node: SceneNode,
  rect: Rect,
  look: CardLook,
): void {
  if (!hasMark(node)) return
  const { shape, tone } = healthLooks[node.health]
  const size = sick(node) ? 16 : 11
  ctx.fillStyle = look.palette.tones[tone]
  drawGlyph(
    ctx,
    shape,
    rect.x + rect.width - 17 - size / 2,
    rect.y + (rect.height - size) / 2,
    size,
  )
}

/** The shape of a kind: workloads square, services round, gateways pointed, the rest in between. */
function outline(ctx: CanvasRenderingContext2D, kind: SceneNode['kind'], rect: Rect): void {
  const { x, y, width, height } = rect
  ctx.beginPath()
  if (kind === 'gateway') {
    const tip = 11
    ctx.moveTo(x + tip, y)
    ctx.lineTo(x + width - tip, y)
    ctx.lineTo(x + width, y + height / 2)
    ctx.lineTo(x + width - tip, y + height)
    ctx.lineTo(x + tip, y + height)
    ctx.lineTo(x, y + height / 2)
    ctx.closePath()
    return
  }
  const radius = kind === 'service' || kind === 'external' ? height / 2 : 8
  ctx.roundRect(x, y, width, height, radius)
}

function paint(
  ctx: CanvasRenderingContext2D,
  fill: string | null,
  stroke: string,
  width: number,
): void {
  if (fill !== null) {
    ctx.fillStyle = fill
    ctx.fill()
  }
  ctx.strokeStyle = stroke
  ctx.lineWidth = width
  ctx.stroke()
}
