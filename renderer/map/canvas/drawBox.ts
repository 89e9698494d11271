import { healthLooks } from '../../ui/index.ts'
import { insets, type Rect } from '../layout/index.ts'
import type { SceneBox } from '../scene/index.ts'
import { drawGlyph, kindGlyph } from './glyphs.ts'
import type { Palette } from './palette.ts'
import { fitText } from './text.ts'

const radii = { cluster: 16, namespace: 12, app: 8 } as const
const titleSizes = { cluster: 16, namespace: 12.5, app: 10.5 } as const
/** Titles are drawn larger when zoomed out, as far as the strip above the content allows. */
const largestTitles = { cluster: 26, namespace: 18, app: 12 } as const

/** How one box is to be drawn. */
export interface BoxLook {
  readonly palette: Palette
  readonly zoom: number
  readonly selected: boolean
  readonly dimmed: boolean
}

/** Draws a box behind its content. */
export function drawBox(
  ctx: CanvasRenderingContext2D,
  box: SceneBox,
  rect: Rect,
  look: BoxLook,
): void {
  const { fill, stroke } = look.palette.boxes[box.kind]
  ctx.save()
  ctx.beginPath()
  ctx.roundRect(rect.x, rect.y, rect.width, rect.height, radii[box.kind])
  ctx.fillStyle = fill
  ctx.fill()
  ctx.strokeStyle = look.selected ? look.palette.selection : stroke
  ctx.lineWidth = look.selected ? 2.5 : 1
  ctx.stroke()
  ctx.restore()
}

/**
 * Draws a box's title, over the edges that pass below it, with a mark where
 * something in the box is sick.
 */
export function drawBoxTitle(
  ctx: CanvasRenderingContext2D,
  box: SceneBox,
  rect: Rect,
  look: BoxLook,
): void {
  const { palette, zoom } = look
  const size = Math.min(largestTitles[box.kind], Math.max(titleSizes[box.kind], 10 / zoom))
  if (size * zoom < 5.5) return
  const { top, side } = insets[box.kind]
  const middle = rect.y + top / 2 + 1
  const sick = box.health === 'failing' || box.health === 'degraded'
  const icon = box.kind === 'app' ? 0 : size + 7
  const mark = sick && box.kind !== 'app' ? size + 8 : 0
  const left = rect.x + side
  const room = Math.max(0, rect.width - 2 * side - icon - mark)
  const family = box.kind === 'cluster' ? palette.headingFamily : palette.fontFamily
  ctx.save()
  ctx.globalAlpha = look.dimmed ? 0.45 : 1
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  ctx.font = `${box.kind === 'cluster' ? 600 : 500} ${size}px ${family}`
  const title = fitText(ctx, box.title, room)
  const width = ctx.measureText(title).width
  ctx.fillStyle = palette.boxes[box.kind].fill
  ctx.fillRect(left - 3, middle - size * 0.65, icon + width + mark + 6, size * 1.3)
  ctx.fillStyle = palette.subtle
  if (icon > 0) drawGlyph(ctx, kindGlyph(box.kind, null), left, middle - size / 2, size)
  ctx.fillStyle = box.kind === 'cluster' ? palette.text : palette.subtle
  ctx.fillText(title, left + icon, middle + 0.5)
  if (mark > 0) {
    const { shape, tone } = healthLooks[box.health]
    ctx.fillStyle = palette.tones[tone]
    drawGlyph(ctx, shape, left + icon + width + 8, middle - size / 2, size)
  }
  ctx.restore()
}

/** The box whose title is at a point; the innermost where they nest. */
export function boxTitleAt(
  boxes: readonly SceneBox[],
  rects: ReadonlyMap<string, Rect>,
  point: { readonly x: number; readonly y: number },
): SceneBox | null {
  const hit = boxes.filter(({ id, kind }) => {
    const rect = rects.get(id)
    return (
      rect !== undefined &&
      point.x >= rect.x &&
      point.x <= rect.x + rect.width &&
      point.y >= rect.y &&
      point.y <= rect.y + insets[kind].top
    )
  })
  return hit[hit.length - 1] ?? null
}
