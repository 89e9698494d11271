import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react'
import { useView } from '../../view/index.ts'
import type { PlacedScene } from '../layout/index.ts'
import { readPalette } from './palette.ts'
import type { Point } from '../layout/index.ts'
import { HoverCard, type Size } from './HoverCard.tsx'
import type { Hit, MapRenderer } from './renderer.ts'
import { createVisRenderer } from './visNetwork.ts'

/** What the page's buttons may do with the map. */
export interface MapHandle {
  zoomBy(factor: number): void
  fit(): void
}

/** The drawn map. Everything on it is also in the table, for those who cannot see it. */
export function MapCanvas(props: {
  placed: PlacedScene
  selected: string | null
  search: string
  onSelect: (hit: Hit | null) => void
  onOpen: (hit: Hit) => void
  /** Width at the right that a panel covers while something is selected, in pixels. */
  coveredRight: number
  handle: Ref<MapHandle>
}) {
  const { placed, selected, search, coveredRight, onSelect, onOpen } = props
  const element = useRef<HTMLDivElement>(null)
  const renderer = useRef<MapRenderer>(null)
  const events = useRef({ onSelect, onOpen })
  const [hover, setHover] = useState<{ hit: Hit; at: Point; room: Size } | null>(null)
  const theme = useView((state) => state.theme)
  const palette = useMemo(() => readPalette(theme), [theme])

  useEffect(() => {
    events.current = { onSelect, onOpen }
  }, [onSelect, onOpen])

  useEffect(() => {
    const surface = element.current
    if (surface === null) return
    const made = createVisRenderer(surface, {
      onSelect: (hit) => events.current.onSelect(hit),
      onOpen: (hit) => events.current.onOpen(hit),
      onHover: (hit, at) =>
        setHover(
          hit === null
            ? null
            : { hit, at, room: { width: surface.clientWidth, height: surface.clientHeight } },
        ),
    })
    renderer.current = made
    return () => {
      renderer.current = null
      made.dispose()
    }
  }, [])

  useEffect(() => {
    renderer.current?.show({ placed, selected, search, palette })
  }, [placed, selected, search, palette])

  useEffect(() => {
    if (selected !== null) renderer.current?.reveal(selected, coveredRight)
  }, [selected, coveredRight])

  useImperativeHandle(props.handle, () => ({
    zoomBy: (factor) => renderer.current?.zoomBy(factor),
    fit: () => renderer.current?.fit(),
  }))

  const { boxes, nodes, edges } = placed.scene
  return (
    <div className="smm-canvas">
      <div
        ref={element}
        className="smm-canvas-surface"
        role="application"
        aria-roledescription="map"
        aria-label={`Map of ${nodes.length} nodes in ${boxes.length} boxes with ${edges.length} connections. Arrow keys move it, plus and minus zoom, 0 shows all. The table has the same as text.`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it takes keys
        tabIndex={0}
        data-nodes={nodes.length}
        data-edges={edges.length}
      />
      {hover === null ? null : (
        <HoverCard scene={placed.scene} hit={hover.hit} at={hover.at} within={hover.room} />
      )}
    </div>
  )
}
