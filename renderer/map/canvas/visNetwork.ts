import { DataSet } from 'vis-data'
import { Network, type Edge, type Node, type Options } from 'vis-network'
import 'vis-network/styles/vis-network.min.css'
import { placeBadges, type Badge } from './badges.ts'
import { roundness } from '../layout/index.ts'
import { badgeFont, drawBadge } from './drawBadge.ts'
import { boxTitleAt, drawBox, drawBoxTitle } from './drawBox.ts'
import { drawCard } from './drawCard.ts'
import { edgeColor, edgeDashes, edgeWidth } from './edgeLook.ts'
import { emphasisOf, type Emphasis } from './emphasis.ts'
import type { Palette } from './palette.ts'
import type { Hit, MapEvents, MapRenderer, Picture } from './renderer.ts'
import type { Rect } from '../layout/index.ts'
import type { SceneEdge, SceneNode } from '../scene/index.ts'
import { forgetTexts } from './text.ts'

interface CustomDrawing {
  readonly ctx: CanvasRenderingContext2D
  readonly id: string
  readonly x: number
  readonly y: number
}

/** vis-network's own types leave out the drawing function of custom shapes. */
interface CardNode extends Node {
  readonly ctxRenderer: (drawing: CustomDrawing) => {
    readonly drawNode: () => void
    readonly nodeDimensions: { readonly width: number; readonly height: number }
  }
}

/** Nor does it know that an edge may have a background. */
interface Line extends Edge {
  readonly background: {
    readonly enabled: boolean
    readonly color: string
    readonly size: number
    readonly dashes: boolean
  }
}

const zooms = { least: 0.08, most: 2.5, firstMost: 1.15 }
/** Free room around the map when all of it is shown, in pixels; at the bottom lie status and controls. */
const fitMargin = { side: 20, top: 14, bottom: 62 }
/** How far a key moves the map, in pixels, and how much one zooms. */
const keyStep = 60
const keyZoom = 1.2
/** Free room around what is moved into view, in pixels. */
const revealMargin = 24
/** Zooms closer than this share the choice of badges. */
const zoomStep = 0.04

const options: Options = {
  autoResize: true,
  physics: false,
  layout: { improvedLayout: false },
  nodes: { chosen: false, fixed: true, borderWidth: 0 },
  edges: {
    chosen: false,
    arrows: { to: { enabled: true, scaleFactor: 0.5, type: 'arrow' } },
    arrowStrikethrough: false,
    hoverWidth: 1,
    selectionWidth: 0,
    // A fixed curve, computed from its ends alone: it costs no physics.
    smooth: { enabled: true, type: 'cubicBezier', forceDirection: 'horizontal', roundness },
  },
  interaction: {
    dragNodes: false,
    hover: true,
    selectable: false,
    selectConnectedEdges: false,
    hoverConnectedEdges: false,
    zoomSpeed: 0.6,
  },
}

/** Draws the map with vis-network: its camera, lines and hit tests; boxes, cards and badges are ours. */
export function createVisRenderer(element: HTMLElement, events: MapEvents): MapRenderer {
  const nodes = new DataSet<CardNode>()
  const edges = new DataSet<Line>()
  const network = new Network(element, { nodes, edges }, options)
  let picture: Picture | undefined
  let emphasis: Emphasis | null = null
  let cards = new Map<string, SceneNode>()
  let lines = new Map<string, SceneEdge>()
  let hovered: string | null = null
  let badges: { readonly key: string; readonly list: readonly Badge[] } = { key: '', list: [] }
  let revision = 0
  let moved = false

  const ctxRenderer: CardNode['ctxRenderer'] = ({ ctx, id, x, y }) => {
    const rect = picture?.placed.layout.rects.get(id)
    const node = cards.get(id)
    const { width, height } = rect ?? { width: 1, height: 1 }
    return {
      nodeDimensions: { width, height },
      drawNode: () => {
        if (picture === undefined || node === undefined) return
        drawCard(
          ctx,
          node,
          { x: x - width / 2, y: y - height / 2, width, height },
          {
            palette: picture.palette,
            zoom: network.getScale(),
            selected: picture.selected === id,
            hovered: hovered === id,
            dimmed: emphasis !== null && !emphasis.nodes.has(id),
          },
        )
      },
    }
  }

  network.on('beforeDrawing', (ctx: CanvasRenderingContext2D) => eachBox(ctx, drawBox))
  network.on('afterDrawing', (ctx: CanvasRenderingContext2D) => {
    if (picture === undefined) return
    eachBox(ctx, drawBoxTitle)
    for (const badge of badgesNow(ctx, picture)) drawBadge(ctx, badge, picture.palette)
  })

  function eachBox(ctx: CanvasRenderingContext2D, draw: typeof drawBox): void {
    if (picture === undefined) return
    const { scene, layout } = picture.placed
    for (const box of scene.boxes) {
      const rect = layout.rects.get(box.id)
      if (rect === undefined) continue
      draw(ctx, box, rect, {
        palette: picture.palette,
        zoom: network.getScale(),
        selected: picture.selected === box.id,
        dimmed: emphasis !== null,
      })
    }
  }

  function badgesNow(
    ctx: CanvasRenderingContext2D,
    { placed, palette }: Picture,
  ): readonly Badge[] {
    const step = Math.round(network.getScale() / zoomStep)
    const key = `${revision}|${step}`
    if (badges.key !== key) {
      ctx.save()
      ctx.font = badgeFont(palette)
      const list = placeBadges({
        edges: placed.scene.edges,
        boxes: placed.scene.boxes,
        nodes: placed.scene.nodes,
        rects: placed.layout.rects,
        emphasis,
        zoom: step * zoomStep,
        measure: (text) => ctx.measureText(text).width,
      })
      ctx.restore()
      badges = { key, list }
    }
    return badges.list
  }

  /** Where a node, a box or an edge with both its ends is. */
  function rectOf(id: string): Rect | undefined {
    const rects = picture?.placed.layout.rects
    const line = lines.get(id)
    if (rects === undefined || line === undefined) return rects?.get(id)
    const source = rects.get(line.source)
    const target = rects.get(line.target)
    if (source === undefined || target === undefined) return undefined
    const x = Math.min(source.x, target.x)
    const y = Math.min(source.y, target.y)
    return {
      x,
      y,
      width: Math.max(source.x + source.width, target.x + target.width) - x,
      height: Math.max(source.y + source.height, target.y + target.height) - y,
    }
  }

  function hitAt(dom: { readonly x: number; readonly y: number }): Hit | null {
    const node = network.getNodeAt(dom)
    if (node !== undefined) return { kind: 'node', id: String(node) }
    const point = network.DOMtoCanvas(dom)
    const badge = badges.list.find(
      ({ rect }) =>
        point.x >= rect.x &&
        point.x <= rect.x + rect.width &&
        point.y >= rect.y &&
        point.y <= rect.y + rect.height,
    )
    if (badge !== undefined) return { kind: 'edge', id: badge.edge.id }
    const edge = network.getEdgeAt(dom)
    if (edge !== undefined) return { kind: 'edge', id: String(edge) }
    if (picture === undefined) return null
    const { scene, layout } = picture.placed
    const box = boxTitleAt(scene.boxes, layout.rects, point)
    return box === null ? null : { kind: 'box', id: box.id }
  }

  network.on('click', ({ pointer }: { pointer: { DOM: { x: number; y: number } } }) => {
    events.onSelect(hitAt(pointer.DOM))
  })
  network.on('doubleClick', ({ pointer }: { pointer: { DOM: { x: number; y: number } } }) => {
    const hit = hitAt(pointer.DOM)
    if (hit !== null) events.onOpen(hit)
  })
  network.on('dragStart', () => {
    moved = true
    events.onHover(null, { x: 0, y: 0 })
  })
  network.on('zoom', ({ scale }: { scale: number }) => {
    moved = true
    const allowed = Math.min(zooms.most, Math.max(zooms.least, scale))
    if (allowed !== scale) network.moveTo({ scale: allowed })
    events.onHover(null, { x: 0, y: 0 })
  })
  network.on('resize', () => {
    if (!moved) fit()
  })

  const onPointerMove = (event: PointerEvent) => {
    const frame = element.getBoundingClientRect()
    const at = { x: event.clientX - frame.left, y: event.clientY - frame.top }
    const hit = event.buttons === 0 ? hitAt(at) : null
    element.style.cursor = hit === null ? '' : 'pointer'
    const node = hit?.kind === 'node' ? hit.id : null
    if (node !== hovered) {
      hovered = node
      network.redraw()
    }
    events.onHover(hit, at)
  }
  const onPointerLeave = () => events.onHover(null, { x: 0, y: 0 })
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  element.addEventListener('keydown', onKeyDown)
  element.addEventListener('pointermove', onPointerMove)
  element.addEventListener('pointerleave', onPointerLeave)

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => panBy(-keyStep, 0),
    ArrowRight: () => panBy(keyStep, 0),
    ArrowUp: () => panBy(0, -keyStep),
    ArrowDown: () => panBy(0, keyStep),
    '+': () => zoomBy(keyZoom),
    '-': () => zoomBy(1 / keyZoom),
    '0': fit,
  }

  function zoomBy(factor: number): void {
    moved = true
    const scale = Math.min(zooms.most, Math.max(zooms.least, network.getScale() * factor))
    network.moveTo({ scale })
  }

  function panBy(x: number, y: number): void {
    moved = true
    const { x: atX, y: atY } = network.getViewPosition()
    const scale = network.getScale()
    network.moveTo({ position: { x: atX + x / scale, y: atY + y / scale } })
  }

  // Texts measured before the page's fonts are there would be cut wrongly.
  const onFonts = () => {
    forgetTexts()
    revision += 1
    network.redraw()
  }
  document.fonts.addEventListener('loadingdone', onFonts)

  function fit(): void {
    if (picture === undefined) return
    const { bounds } = picture.placed.layout
    const { clientWidth, clientHeight } = element
    const scale = Math.max(
      zooms.least,
      Math.min(
        (clientWidth - 2 * fitMargin.side) / Math.max(1, bounds.width),
        (clientHeight - fitMargin.top - fitMargin.bottom) / Math.max(1, bounds.height),
        zooms.firstMost,
      ),
    )
    const lower = (fitMargin.bottom - fitMargin.top) / 2 / scale
    network.moveTo({
      position: { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 + lower },
      scale,
    })
    moved = false
  }

  return {
    show(next) {
      const samePicture = picture?.placed.pictureKey === next.placed.pictureKey
      const { scene, layout } = next.placed
      picture = next
      emphasis = emphasisOf(scene, next.selected, next.search)
      cards = new Map(scene.nodes.map((node) => [node.id, node] as const))
      lines = new Map(scene.edges.map((edge) => [edge.id, edge] as const))
      revision += 1
      replace(
        nodes,
        scene.nodes.flatMap(({ id }) => {
          const rect = layout.rects.get(id)
          if (rect === undefined) return []
          const x = rect.x + rect.width / 2
          const y = rect.y + rect.height / 2
          return [{ id, x, y, shape: 'custom', ctxRenderer }]
        }),
        (a, b) => a.x === b.x && a.y === b.y,
      )
      replace(
        edges,
        [...lines.values()].map((edge) => lineOf(edge, next.palette, emphasis)),
        (a, b) => JSON.stringify(a) === JSON.stringify(b),
      )
      if (!samePicture) {
        fit()
        hovered = null
        events.onHover(null, { x: 0, y: 0 })
      }
      network.redraw()
    },
    zoomBy,
    fit,
    reveal(id, coveredRight) {
      const rect = rectOf(id)
      if (rect === undefined) return
      const right = network.canvasToDOM({ x: rect.x + rect.width, y: rect.y }).x
      const hidden = right + revealMargin - (element.clientWidth - coveredRight)
      if (hidden <= 0) return
      const left = network.canvasToDOM(rect).x
      const { x, y } = network.getViewPosition()
      const step = Math.min(hidden, Math.max(0, left - revealMargin)) / network.getScale()
      network.moveTo({
        position: { x: x + step, y },
        animation: { duration: 250, easingFunction: 'easeOutQuad' },
      })
    },
    dispose() {
      document.fonts.removeEventListener('loadingdone', onFonts)
      element.removeEventListener('keydown', onKeyDown)
      element.removeEventListener('pointermove', onPointerMove)
      element.removeEventListener('pointerleave', onPointerLeave)
      network.destroy()
    },
  }
}

/** How vis-network is to draw one line. */
function lineOf(edge: SceneEdge, palette: Palette, emphasis: Emphasis | null): Line {
  const dimmed = emphasis !== null && !emphasis.edges.has(edge.id)
  const width = edgeWidth(edge)
  const color = edgeColor(edge, palette)
  return {
    id: edge.id,
    from: edge.source,
    to: edge.target,
    width,
    dashes: edgeDashes(edge),
    color: { color, hover: color, highlight: color, opacity: dimmed ? 0.08 : 0.9, inherit: false },
    background: {
      enabled: edge.crossCluster && !dimmed,
      color: palette.accent,
      size: width + 5,
      dashes: false,
    },
  }
}

/** Makes a data set hold exactly these items, touching only what differs. */
function replace<T extends { id?: string | number }>(
  set: DataSet<T>,
  items: readonly T[],
  same: (a: T, b: T) => boolean,
): void {
  const wanted = new Map(items.map((item) => [item.id, item] as const))
  const gone = set.getIds().filter((id) => !wanted.has(id))
  if (gone.length > 0) set.remove(gone)
  const changed = items.filter((item) => {
    const known = item.id === undefined ? null : set.get(item.id)
    return known === null || !same(known, item)
  })
  if (changed.length > 0) set.update(changed as Parameters<typeof set.update>[0])
}
