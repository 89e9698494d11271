import { badgeSize, isOpen, type Badge } from './badges.ts'
import { edgeColor, edgeState } from './edgeLook.ts'
import { drawGlyph, locks } from './glyphs.ts'
import type { Palette } from './palette.ts'

/** The font of a badge's text at zoom 1. */
export function badgeFont(palette: Palette, size = 1): string {
  return `500 ${10.5 * size}px ${palette.fontFamily}`
}

/** Draws a badge on its edge. */
export function drawBadge(ctx: CanvasRenderingContext2D, badge: Badge, palette: Palette): void {
  const { edge, rect, text } = badge
  const size = rect.height / badgeSize.height
  const state = edgeState(edge)
  const wrong = state === 'failing' || state === 'degraded'
  const open = isOpen(edge)
  ctx.save()
  ctx.beginPath()
  ctx.roundRect(rect.x, rect.y, rect.width, rect.height, rect.height / 2)
  ctx.fillStyle = palette.card
  ctx.fill()
  ctx.lineWidth = (wrong || open ? 1.4 : 0.8) * size
  ctx.strokeStyle = wrong
    ? edgeColor(edge, palette)
    : open
      ? palette.tones.warning
      : palette.boxes.cluster.stroke
  ctx.stroke()
  let x = rect.x + badgeSize.padding * size
  const middle = rect.y + rect.height / 2
  if (edge.security !== 'unknown') {
    const icon = badgeSize.icon * size
    ctx.fillStyle = open ? palette.tones.warning : palette.icon
    drawGlyph(ctx, open ? locks.open : locks.closed, x, middle - icon / 2, icon)
    x += icon + badgeSize.gap * size
  }
  if (text !== '') {
    ctx.fillStyle = palette.text
    ctx.font = badgeFont(palette, size)
    ctx.textBaseline = 'middle'
    ctx.textAlign = 'left'
    ctx.fillText(text, x, middle + 0.5 * size)
  }
  ctx.restore()
}
