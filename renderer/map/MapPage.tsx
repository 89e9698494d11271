import {
  Alert,
  Button,
  Drawer,
  DrawerContent,
  DrawerContentBody,
  DrawerPanelContent,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Spinner,
} from '@patternfly/react-core'
import { TopologyIcon } from '@patternfly/react-icons/dist/esm/icons/topology-icon'
import { useCallback, useRef, useState } from 'react'
import { Link } from 'react-router'
import type { Fleet, Graph, Live } from '../api/index.ts'
import { MapCanvas, type MapHandle } from './canvas/MapCanvas.tsx'
import type { Hit } from './canvas/renderer.ts'
import { MapOverlays } from './MapOverlays.tsx'
import { MapTable } from './MapTable.tsx'
import { MapToolbar } from './MapToolbar.tsx'
import { SidePanel } from './panel/index.ts'
import type { Scene } from './scene/index.ts'
import type { MapQuery } from './url.ts'
import { useGraph, useMapQuery, usePlaced, useScene } from './useMap.ts'
import './map.css'

/** Width by height for which a first layout is made; windows differ little enough. */
const layoutAspect = 2.45
/** Width of the side panel, in pixels. */
const panelWidth = 416

/** The traffic of the fleet: drawn, or as a table. */
export function MapPage({ fleet }: { fleet: Live<Fleet> }) {
  const [query, change] = useMapQuery()
  const graph = useGraph(query)
  const shown = useScene(graph.value, query)
  const placed = usePlaced(shown?.scene ?? null, query, layoutAspect)
  const handle = useRef<MapHandle>(null)
  const select = useCallback((hit: Hit | null) => change({ selected: hit?.id ?? null }), [change])
  const open = useCallback(
    ({ id }: Hit) => {
      const step = shown === null ? null : stepInto(shown.scene, id)
      if (step !== null) change({ ...step, selected: null })
    },
    [shown, change],
  )
  const [legend, setLegend] = useState(false)
  const scene = shown?.scene ?? null
  const hasPanel = scene !== null && holds(scene, query.selected)
  const panel = (
    <DrawerPanelContent
      className="smm-panel"
      defaultSize={`${panelWidth}px`}
      minSize="22rem"
      focusTrap={{ enabled: false }}
    >
      {scene === null || graph.value === null || query.selected === null ? null : (
        <SidePanel
          scene={scene}
          graph={graph.value}
          query={query}
          selected={query.selected}
          onSelect={(id) => change({ selected: id })}
        />
      )}
    </DrawerPanelContent>
  )
  return (
    <div className="smm-map">
      <h1 className="smm-hidden">Map</h1>
      <MapToolbar graph={graph.value} query={query} onChange={change} />
      {graph.problem === null ? null : (
        <Alert isInline variant="warning" title="The map could not be read whole">
          {graph.problem}
        </Alert>
      )}
      <Drawer isExpanded={hasPanel} isInline={query.view === 'table'} className="smm-map-body">
        <DrawerContent panelContent={panel}>
          <DrawerContentBody className="smm-map-content">
            {graph.value === null || shown === null ? (
              <Loading />
            ) : shown.visible.nodes.length === 0 ? (
              <Nothing graph={graph.value} fleet={fleet.value} query={query} onChange={change} />
            ) : query.view === 'table' ? (
              <MapTable
                visible={shown.visible}
                graph={graph.value}
                query={query}
                onSelect={(id) => change({ selected: id })}
              />
            ) : placed === null ? (
              <Loading />
            ) : (
              <>
                <MapCanvas
                  placed={placed}
                  selected={query.selected}
                  search={query.search}
                  onSelect={select}
                  onOpen={open}
                  coveredRight={panelWidth}
                  handle={handle}
                />
                <MapOverlays
                  graph={graph.value}
                  visible={shown.visible}
                  level={placed.scene.level}
                  legend={legend}
                  onLegend={setLegend}
                  onZoom={(factor) => handle.current?.zoomBy(factor)}
                  onFit={() => handle.current?.fit()}
                />
              </>
            )}
          </DrawerContentBody>
        </DrawerContent>
      </Drawer>
    </div>
  )
}

/** Whether the scene shows the selected thing, summed up or by itself. */
function holds(scene: Scene, selected: string | null): boolean {
  return (
    selected !== null &&
    [scene.nodes, scene.edges, scene.boxes].some((all) => all.some(({ id }) => id === selected))
  )
}

/** What filter shows the inside of a namespace or cluster. */
function stepInto(scene: Scene, id: string): Partial<MapQuery> | null {
  const thing =
    scene.nodes.find((node) => node.id === id) ?? scene.boxes.find((box) => box.id === id)
  const member = thing?.members[0]
  if (thing === undefined || member === undefined) return null
  if (thing.kind === 'cluster') return { clusters: [member.cluster] }
  if (thing.kind !== 'namespace') return null
  return { clusters: [member.cluster], namespaces: [member.namespace] }
}

function Loading() {
  return (
    <EmptyState headingLevel="h2" titleText="Asking the fleet for its traffic" icon={Spinner}>
      <EmptyStateBody>The first picture comes within a few seconds.</EmptyStateBody>
    </EmptyState>
  )
}

function Nothing(props: {
  graph: Graph
  fleet: Fleet | null
  query: MapQuery
  onChange: (change: Partial<MapQuery>) => void
}) {
  const { graph, query, onChange } = props
  if (graph.nodes.size > 0) {
    return (
      <EmptyState headingLevel="h2" titleText="Nothing matches the filters" icon={TopologyIcon}>
        <EmptyStateBody>
          The map has {graph.nodes.size} nodes and {graph.edges.size} connections, none of them in
          what you chose to see.
        </EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button
              onClick={() => onChange({ focus: 'all', clusters: [], namespaces: [], idle: true })}
            >
              Show all, idle ones too
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    )
  }
  const answered = graph.clusters.filter(({ ageSeconds }) => ageSeconds !== null).length
  return (
    <EmptyState headingLevel="h2" titleText="No traffic to show" icon={TopologyIcon}>
      <EmptyStateBody>
        {answered === 0
          ? 'No cluster gave telemetry. The Fleet page says why, and what to do about it.'
          : `No request was seen in the last ${query.windowSeconds} seconds.`}
      </EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Link to="/fleet">Go to the fleet</Link>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  )
}
