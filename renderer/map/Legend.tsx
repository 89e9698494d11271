import { useEffect, useRef } from 'react'
import { useView } from '../view/index.ts'
import type { SceneEdge, SceneNode } from './scene/index.ts'
import { badgeFont, drawBadge } from './canvas/drawBadge.ts'
import { drawCard } from './canvas/drawCard.ts'
import { edgeColor, edgeDashes, edgeWidth } from './canvas/edgeLook.ts'
import { readPalette, type Palette } from './canvas/palette.ts'

const node = (over: Partial<SceneNode>): SceneNode => ({
  id: '',
  parent: null,
  kind: 'workload',
  title: '',
  detail: '',
  health: 'healthy',
  members: [],
  ...over,
})

const edge = (over: Partial<SceneEdge>): SceneEdge => ({
  id: '',
  source: '',
  target: '',
  protocols: ['http'],
  requestRate: 12,
  errorRatio: 0,
  bytesPerSecond: null,
  security: 'mtls',
  crossCluster: false,
  members: [],
  ...over,
})

type Sample =
  | { readonly text: string; readonly node: SceneNode }
  | { readonly text: string; readonly edge: SceneEdge }
  | { readonly text: string; readonly badge: SceneEdge }

const groups: readonly { readonly title: string; readonly samples: readonly Sample[] }[] = [
  {
    title: 'Nodes',
    samples: [
      { text: 'Workload', node: node({}) },
      { text: 'Service', node: node({ kind: 'service' }) },
      { text: 'Gateway', node: node({ kind: 'gateway' }) },
      { text: 'Outside the fleet', node: node({ kind: 'external', health: 'unknown' }) },
    ],
  },
  {
    title: 'Health',
    samples: [
      { text: 'Healthy', node: node({}) },
      { text: 'Degraded', node: node({ health: 'degraded' }) },
      { text: 'Failing', node: node({ health: 'failing' }) },
      { text: 'Idle', node: node({ health: 'idle' }) },
    ],
  },
  {
    title: 'Traffic',
    samples: [
      { text: 'Little', edge: edge({ requestRate: 0.2 }) },
      { text: 'Much', edge: edge({ requestRate: 4000 }) },
      { text: 'Any errors', edge: edge({ errorRatio: 0.02 }) },
      { text: '10 % errors or more', edge: edge({ errorRatio: 0.5 }) },
      { text: 'Between clusters', edge: edge({ crossCluster: true }) },
      { text: 'None now', edge: edge({ requestRate: 0 }) },
    ],
  },
  {
    title: 'Security',
    samples: [
      { text: 'mTLS', badge: edge({}) },
      { text: 'Plaintext, whole or part', badge: edge({ security: 'plaintext' }) },
    ],
  },
]

/** What shapes, colours, dashes and padlocks mean. */
export function Legend() {
  const palette = readPalette(useView((state) => state.theme))
  return (
    <div className="smm-legend">
      {groups.map(({ title, samples }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {samples.map((sample) => (
              <li key={sample.text}>
                <SampleDrawing sample={sample} palette={palette} /> {sample.text}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

const drawing = { width: 64, height: 26 }

function SampleDrawing({ sample, palette }: { sample: Sample; palette: Palette }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d')
    if (ctx == null) return
    const ratio = window.devicePixelRatio
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    ctx.clearRect(0, 0, drawing.width, drawing.height)
    draw(ctx, sample, palette)
  }, [sample, palette])
  const ratio = window.devicePixelRatio
  return (
    <canvas
      ref={canvas}
      width={drawing.width * ratio}
      height={drawing.height * ratio}
      aria-hidden
    />
  )
}

function draw(ctx: CanvasRenderingContext2D, sample: Sample, palette: Palette): void {
  if ('node' in sample) {
    const look = { palette, zoom: 0.2, selected: false, hovered: false, dimmed: false }
    drawCard(ctx, sample.node, { x: 2, y: 2, width: 60, height: 22 }, look)
    return
  }
  if ('badge' in sample) {
    ctx.font = badgeFont(palette)
    const rect = { x: 22, y: 4, width: 20, height: 18 }
    drawBadge(ctx, { edge: sample.badge, text: '', rect }, palette)
    return
  }
  const middle = drawing.height / 2
  const line = (width: number, color: string) => {
    ctx.beginPath()
    ctx.moveTo(3, middle)
    ctx.lineTo(drawing.width - 3, middle)
    ctx.lineWidth = width
    ctx.strokeStyle = color
    ctx.stroke()
  }
  const width = edgeWidth(sample.edge)
  if (sample.edge.crossCluster) line(width + 5, palette.accent)
  ctx.setLineDash(edgeDashes(sample.edge) || [])
  line(width, edgeColor(sample.edge, palette))
  ctx.setLineDash([])
}
