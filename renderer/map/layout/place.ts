import type { Scene } from '../scene/index.ts'
import type { Layout, LayoutInput, Memory } from './layout.ts'
import type { LayoutAnswer, LayoutRequest } from './worker.ts'

/** Size of a card on the map, in the map's own units (CSS pixels at zoom 1). */
const cardSize = { width: 172, height: 42 }

/** A scene with the places of all it shows. */
export interface PlacedScene {
  readonly scene: Scene
  readonly layout: Layout
  /** Changes when the picture is another one, and the window should show all of it anew. */
  readonly pictureKey: string
}

/** Places scenes, one after the other, off the main thread. */
export interface Placer {
  /** Places a scene; of several asked in a row only the last may be answered. */
  place(scene: Scene, pictureKey: string, aspect: number): void
  dispose(): void
}

/**
 * Starts a worker that lays out scenes. Each picture (a choice of filters and
 * grouping) has its own memory, so that going back finds everything where it
 * was. A scene in which only numbers changed is answered at once.
 */
export function startPlacer(onPlaced: (placed: PlacedScene) => void): Placer {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const memories = new Map<string, Memory>()
  let number = 0
  let asked: { scene: Scene; pictureKey: string; structure: string } | undefined
  let last: { layout: Layout; structure: string } | undefined
  worker.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
    if (data.number !== number || asked === undefined) return
    const { scene, pictureKey, structure } = asked
    memories.set(pictureKey, data.layout.memory)
    last = { layout: data.layout, structure }
    onPlaced({ scene, pictureKey, layout: data.layout })
  })
  return {
    place(scene, pictureKey, aspect) {
      const structure = structureOf(scene, pictureKey)
      number += 1
      if (last?.structure === structure) {
        asked = undefined
        onPlaced({ scene, pictureKey, layout: last.layout })
        return
      }
      asked = { scene, pictureKey, structure }
      const input = { ...layoutInput(scene), aspect, memory: memories.get(pictureKey) ?? null }
      const request: LayoutRequest = { number, input }
      worker.postMessage(request)
    },
    dispose: () => worker.terminate(),
  }
}

/** What of a scene matters for places. */
export function layoutInput(scene: Scene): Omit<LayoutInput, 'aspect' | 'memory'> {
  return {
    boxes: scene.boxes.map(({ id, parent, kind }) => ({ id, parent, kind })),
    nodes: scene.nodes.map(({ id, parent }) => ({ id, parent, ...cardSize })),
    links: scene.edges.map((edge) => ({
      source: edge.source,
      target: edge.target,
      // By order of magnitude, so that the same traffic a minute later makes the same map.
      weight: 1 + Math.round(Math.log2(1 + (edge.requestRate ?? 0))),
    })),
  }
}

function structureOf(scene: Scene, pictureKey: string): string {
  const { boxes, nodes, links } = layoutInput(scene)
  return JSON.stringify([
    pictureKey,
    boxes.map(({ id, parent }) => [id, parent]),
    nodes.map(({ id, parent }) => [id, parent]),
    links.map(({ source, target }) => [source, target]),
  ])
}
