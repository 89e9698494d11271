import {
  DrawerActions,
  DrawerCloseButton,
  DrawerHead,
  DrawerPanelBody,
  Title,
} from '@patternfly/react-core'
import type { Graph, GraphNode } from '../../api/index.ts'
import { healthLooks, VerdictLabel } from '../../ui/index.ts'
import type { Scene, SceneBox, SceneEdge, SceneNode } from '../scene/index.ts'
import type { MapQuery } from '../url.ts'
import { kindText } from '../words.ts'
import { EdgePanel } from './EdgePanel.tsx'
import { NodePanel } from './NodePanel.tsx'
import { useLatencies } from './useLatencies.ts'

/** What there is to know about the selected node, edge or box. */
export function SidePanel(props: {
  scene: Scene
  graph: Graph
  query: MapQuery
  selected: string
  onSelect: (id: string | null) => void
}) {
  const { scene, graph, query, selected, onSelect } = props
  const edge = scene.edges.find(({ id }) => id === selected)
  const thing =
    scene.nodes.find(({ id }) => id === selected) ?? scene.boxes.find(({ id }) => id === selected)
  const namespaces =
    edge === undefined ? namespacesOf(thing?.members ?? []) : edgeNamespaces(graph, edge)
  const latencies = useLatencies(graph, query.by, namespaces)
  if (edge === undefined && thing === undefined) return null
  return (
    <>
      <DrawerHead>
        <Title headingLevel="h2" size="lg" className="smm-break">
          {edge === undefined ? thing?.title : edgeTitle(scene, edge)}
        </Title>
        {thing === undefined ? null : <Where thing={thing} />}
        <DrawerActions>
          <DrawerCloseButton onClick={() => onSelect(null)} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        {edge !== undefined ? (
          <EdgePanel scene={scene} edge={edge} latencies={latencies} onSelect={onSelect} />
        ) : thing === undefined ? null : (
          <NodePanel
            scene={scene}
            graph={graph}
            id={thing.id}
            members={thing.members}
            latencies={latencies}
            onSelect={onSelect}
          />
        )}
      </DrawerPanelBody>
    </>
  )
}

function Where({ thing }: { thing: SceneNode | SceneBox }) {
  const [member] = thing.members
  const place =
    member === undefined || member.cluster === ''
      ? null
      : thing.kind === 'cluster'
        ? null
        : thing.kind === 'namespace'
          ? `in ${member.cluster}`
          : `in ${[member.namespace, member.cluster].filter((part) => part !== '').join(', ')}`
  const version = thing.members.length === 1 ? member?.version : null
  return (
    <div className="smm-where">
      <VerdictLabel look={healthLooks[thing.health]} />
      <span className="smm-muted">
        {[kindText(thing.kind), member?.kubernetesKind, version, place]
          .filter((part) => part != null && part !== 'Workload')
          .join(' · ')}
      </span>
    </div>
  )
}

function edgeTitle(scene: Scene, { source, target }: SceneEdge): string {
  const title = (id: string) => scene.nodes.find((node) => node.id === id)?.title ?? ''
  return `${title(source)} → ${title(target)}`
}

function namespacesOf(members: readonly GraphNode[]): readonly string[] {
  return members.map(({ namespace }) => namespace).filter((namespace) => namespace !== '')
}

/** The namespaces of the callees, or of the callers where those have none: enough to ask about an edge. */
function edgeNamespaces(graph: Graph, edge: SceneEdge): readonly string[] {
  const find = (end: 'source' | 'target') =>
    namespacesOf(
      edge.members
        .map((member) => graph.nodes.get(member[end]))
        .filter((node) => node !== undefined),
    )
  const targets = find('target')
  return targets.length > 0 ? targets : find('source')
}
