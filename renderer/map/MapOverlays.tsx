import { Button, Label, Tooltip } from '@patternfly/react-core'
import { CompressIcon } from '@patternfly/react-icons/dist/esm/icons/compress-icon'
import { MinusIcon } from '@patternfly/react-icons/dist/esm/icons/minus-icon'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import type { Graph } from '../api/index.ts'
import { healthLooks, VerdictIcon } from '../ui/index.ts'
import { formatPlural } from '../words/index.ts'
import { freshnessOf } from './freshness.ts'
import { Legend } from './Legend.tsx'
import { drawnAtMost, type Level, type Visible } from './scene/index.ts'

const zoomFactor = 1.3

/** What lies over the map: how fresh and complete it is, zoom, legend. */
export function MapOverlays(props: {
  graph: Graph
  visible: Visible
  level: Level
  legend: boolean
  onLegend: (open: boolean) => void
  onZoom: (factor: number) => void
  onFit: () => void
}) {
  return (
    <>
      <div className="smm-overlay smm-overlay-status">
        {props.level === 'workload' ? null : <SummedUp level={props.level} />}
        <Status graph={props.graph} visible={props.visible} />
      </div>
      {props.legend ? (
        <section className="smm-overlay smm-overlay-legend" aria-label="Legend">
          <Legend />
        </section>
      ) : null}
      <div className="smm-overlay smm-overlay-controls">
        <Button
          variant="control"
          onClick={() => props.onLegend(!props.legend)}
          aria-expanded={props.legend}
        >
          Legend
        </Button>
        <IconButton label="Zoom in" icon={<PlusIcon />} onClick={() => props.onZoom(zoomFactor)} />
        <IconButton
          label="Zoom out"
          icon={<MinusIcon />}
          onClick={() => props.onZoom(1 / zoomFactor)}
        />
        <IconButton label="Show all" icon={<CompressIcon />} onClick={props.onFit} />
      </div>
    </>
  )
}

function IconButton(props: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip content={props.label} aria="none">
      <Button
        variant="control"
        icon={props.icon}
        aria-label={props.label}
        onClick={props.onClick}
      />
    </Tooltip>
  )
}

/** Such as: 4 of 5 clusters, east 40 s old · 54 nodes, 81 connections. */
export function Status({ graph, visible }: { graph: Graph; visible: Visible }) {
  const { complete, summary, remarks } = freshnessOf(graph.clusters)
  const parts = [
    `${formatPlural(visible.nodes.length, 'node')}, ${formatPlural(visible.edges.length, 'connection')}`,
    ...(visible.idleHidden > 0 ? [`${visible.idleHidden} idle not shown`] : []),
    `as of ${graph.at.slice(11, 19)} UTC`,
  ]
  return (
    <p className="smm-status">
      <VerdictIcon look={complete ? healthLooks.healthy : healthLooks.degraded} />{' '}
      <strong>{[summary, ...remarks].join(', ')}</strong> <span>· {parts.join(' · ')}</span>
    </p>
  )
}

function SummedUp({ level }: { level: 'namespace' | 'cluster' }) {
  return (
    <Label color="blue" className="smm-summed">
      More than {drawnAtMost} things to draw: summed up by {level}. Double-click one, or filter, to
      see inside.
    </Label>
  )
}
