import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { applyGraphChange, graphChanges, useLive, type Graph, type Live } from '../api/index.ts'
import { startPlacer, type PlacedScene, type Placer } from './layout/index.ts'
import { buildScene, filterGraph, type Scene } from './scene/index.ts'
import { formatMapQuery, parseMapQuery, type MapQuery } from './url.ts'

/** Reads and changes what the address says of the map. */
export function useMapQuery(): readonly [MapQuery, (change: Partial<MapQuery>) => void] {
  const [params, setParams] = useSearchParams()
  const query = useMemo(() => parseMapQuery(params), [params])
  const change = useCallback(
    (part: Partial<MapQuery>) => {
      // Typing in the search box is no step to go back to.
      const replace = part.search !== undefined
      setParams((last) => formatMapQuery({ ...parseMapQuery(last), ...part }), { replace })
    },
    [setParams],
  )
  return [query, change]
}

const reduceGraph = (
  known: Graph | null,
  { graphChanged }: { graphChanged: Parameters<typeof applyGraphChange>[1] },
) => applyGraphChange(known, graphChanged)

/** The map of a window, live. */
export function useGraph({
  windowSeconds,
  by,
}: Pick<MapQuery, 'windowSeconds' | 'by'>): Live<Graph> {
  return useLive(graphChanges, { windowSeconds, by }, reduceGraph)
}

/** What of a graph is shown and how far it is summed up. */
export function useScene(graph: Graph | null, query: MapQuery) {
  const { clusters, namespaces, focus, idle } = query
  return useMemo(() => {
    if (graph === null) return null
    const visible = filterGraph(graph, { clusters, namespaces, focus, idle })
    return { visible, scene: buildScene(visible) }
  }, [graph, clusters, namespaces, focus, idle])
}

/** The scene with places, computed off the main thread; null until the first is there. */
export function usePlaced(
  scene: Scene | null,
  query: MapQuery,
  aspect: number,
): PlacedScene | null {
  const [placed, setPlaced] = useState<PlacedScene | null>(null)
  const placer = useRef<Placer>(null)
  useEffect(() => {
    const started = startPlacer(setPlaced)
    placer.current = started
    return () => {
      placer.current = null
      started.dispose()
    }
  }, [])
  const { by, clusters, namespaces, focus, idle } = query
  const level = scene?.level
  const pictureKey = JSON.stringify([level, by, clusters, namespaces, focus, idle])
  useEffect(() => {
    if (scene !== null) placer.current?.place(scene, pictureKey, aspect)
  }, [scene, pictureKey, aspect])
  return placed
}
