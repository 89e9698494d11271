import type { PlacedScene } from '../layout/index.ts'
import type { Point } from '../layout/index.ts'
import type { Palette } from './palette.ts'

/** All that decides what the map looks like at one moment. */
export interface Picture {
  readonly placed: PlacedScene
  readonly selected: string | null
  readonly search: string
  readonly palette: Palette
}

/** Something on the map under the pointer. */
export interface Hit {
  readonly kind: 'node' | 'edge' | 'box'
  readonly id: string
}

/** What the map tells the page. Points are in CSS pixels of the map's element. */
export interface MapEvents {
  readonly onSelect: (hit: Hit | null) => void
  readonly onOpen: (hit: Hit) => void
  readonly onHover: (hit: Hit | null, at: Point) => void
}

/** Draws pictures of the map; the one door to the drawing library. */
export interface MapRenderer {
  show(picture: Picture): void
  /** Zooms around the middle; above 1 is nearer. */
  zoomBy(factor: number): void
  /** Shows all of the map. */
  fit(): void
  /** Moves the map, if need be, so that something is not below what covers the right edge. */
  reveal(id: string, coveredRight: number): void
  dispose(): void
}
