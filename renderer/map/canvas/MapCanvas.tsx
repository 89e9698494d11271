import { useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react'
import { useView } from '../../view/index.ts'
import type { PlacedScene } from '../layout/index.ts'
import { readPalette } from './palette.ts'
import type { Point } from './curve.ts'
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
  handle: Ref<MapHandle>
}) {
  const { placed, selected, search, onSelect, onOpen } = props
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
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold a canvas
        role="img"
        aria-label={`Map of ${nodes.length} nodes in ${boxes.length} boxes with ${edges.length} connections. The table shows the same.`}
        data-nodes={nodes.length}
        data-edges={edges.length}
      />
      {hover === null ? null : (
        <HoverCard scene={placed.scene} hit={hover.hit} at={hover.at} within={hover.room} />
      )}
    </div>
  )
}
