import { Button } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import type { Graph, GraphNode } from '../../api/index.ts'
import { healthLooks, VerdictIcon } from '../../ui/index.ts'
import {
  formatBytesRate,
  formatLatency,
  formatRate,
  formatRatio,
  healthOrder,
} from '../../words/index.ts'
import type { Scene, SceneEdge } from '../scene/index.ts'
import { securityText } from '../words.ts'
import { Figures } from './Figures.tsx'
import { totalOf } from './rates.ts'
import type { Latency } from './useLatencies.ts'

/** Why a node is healthy or not, and whom it talks to. */
export function NodePanel(props: {
  scene: Scene
  graph: Graph
  id: string
  members: readonly GraphNode[]
  latencies: ReadonlyMap<string, Latency>
  onSelect: (id: string) => void
}) {
  const { scene, id, members, latencies, onSelect } = props
  const [only] = members
  const ids = new Set(members.map((member) => member.id))
  const edges = [...props.graph.edges.values()]
  const into = totalOf(edges.filter(({ source, target }) => ids.has(target) && !ids.has(source)))
  const from = totalOf(edges.filter(({ source, target }) => ids.has(source) && !ids.has(target)))
  const cards = new Set(
    scene.nodes.filter((node) => node.members.some((m) => ids.has(m.id))).map((node) => node.id),
  )
  cards.add(id)
  const callers = scene.edges.filter((e) => cards.has(e.target) && !cards.has(e.source))
  const callees = scene.edges.filter((e) => cards.has(e.source) && !cards.has(e.target))
  return (
    <>
      <h3>Health</h3>
      {members.length === 1 && only !== undefined ? (
        <Reasons node={only} />
      ) : (
        <Members members={members} onSelect={onSelect} scene={scene} />
      )}
      <h3>Traffic in</h3>
      <TotalFigures total={into} />
      <Peers
        label="Called by"
        scene={scene}
        edges={callers}
        peer="source"
        latencies={latencies}
        onSelect={onSelect}
      />
      <h3>Traffic out</h3>
      <TotalFigures total={from} />
      <Peers
        label="Calls"
        scene={scene}
        edges={callees}
        peer="target"
        latencies={latencies}
        onSelect={onSelect}
      />
    </>
  )
}

function Reasons({ node }: { node: GraphNode }) {
  const reasons = [...node.health.reasons].sort(
    (a, b) => healthOrder.indexOf(a.status) - healthOrder.indexOf(b.status),
  )
  if (reasons.length === 0) return <p className="smm-muted">Nothing is known to judge it by.</p>
  return (
    <ul className="smm-reasons">
      {reasons.map((reason) => (
        <li key={`${reason.indicator}${reason.message}`}>
          <VerdictIcon look={healthLooks[reason.status]} />
          <span>
            <strong>{reason.indicator}</strong> {healthLooks[reason.status].text.toLowerCase()}
            <br />
            {reason.message}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** What is in a box, the sickest first. */
function Members(props: {
  members: readonly GraphNode[]
  scene: Scene
  onSelect: (id: string) => void
}) {
  const drawn = new Set(props.scene.nodes.map(({ id }) => id))
  const sorted = [...props.members].sort(
    (a, b) =>
      healthOrder.indexOf(a.health.status) - healthOrder.indexOf(b.health.status) ||
      (a.name < b.name ? -1 : 1),
  )
  const shown = sorted.slice(0, 50)
  return (
    <ul className="smm-plain-list">
      {shown.map((node) => (
        <li key={node.id}>
          <VerdictIcon look={healthLooks[node.health.status]} />{' '}
          {drawn.has(node.id) ? (
            <Button variant="link" isInline onClick={() => props.onSelect(node.id)}>
              {node.name}
            </Button>
          ) : (
            node.name
          )}{' '}
          <span className="smm-muted">{healthLooks[node.health.status].text.toLowerCase()}</span>
        </li>
      ))}
      {sorted.length > shown.length ? (
        <li className="smm-muted">and {sorted.length - shown.length} more</li>
      ) : null}
    </ul>
  )
}

function TotalFigures({ total }: { total: ReturnType<typeof totalOf> }) {
  if (total.requestRate === null && total.bytesSent === null) {
    return <p className="smm-muted">None in this window.</p>
  }
  const figures: (readonly [string, string])[] = []
  if (total.requestRate !== null) {
    figures.push(['Requests', formatRate(total.requestRate)])
    figures.push(['Errors', formatRatio(total.errorRatio)])
  }
  if (total.bytesSent !== null || total.bytesReceived !== null) {
    figures.push(['Sent', formatBytesRate(total.bytesSent)])
    figures.push(['Received', formatBytesRate(total.bytesReceived)])
  }
  return <Figures figures={figures} />
}

function Peers(props: {
  label: string
  scene: Scene
  edges: readonly SceneEdge[]
  peer: 'source' | 'target'
  latencies: ReadonlyMap<string, Latency>
  onSelect: (id: string) => void
}) {
  if (props.edges.length === 0) return null
  const nodes = new Map(props.scene.nodes.map((node) => [node.id, node] as const))
  const sorted = [...props.edges].sort(
    (a, b) =>
      (b.errorRatio ?? 0) - (a.errorRatio ?? 0) || (b.requestRate ?? 0) - (a.requestRate ?? 0),
  )
  return (
    <Table aria-label={props.label} variant="compact" borders={false}>
      <Thead>
        <Tr>
          <Th>{props.label}</Th>
          <Th className="smm-number">Rate</Th>
          <Th className="smm-number">Errors</Th>
          <Th className="smm-number">p95</Th>
        </Tr>
      </Thead>
      <Tbody>
        {sorted.map((edge) => {
          const [member] = edge.members
          const latency =
            edge.members.length === 1 && member ? props.latencies.get(member.id) : undefined
          return (
            <Tr key={edge.id}>
              <Td dataLabel={props.label}>
                <Button variant="link" isInline onClick={() => props.onSelect(edge.id)}>
                  {nodes.get(edge[props.peer])?.title}
                </Button>
                {edge.security === 'mtls' || edge.security === 'unknown' ? null : (
                  <div className="smm-muted">{securityText(edge.security)}</div>
                )}
              </Td>
              <Td dataLabel="Rate" className="smm-number">
                {edge.requestRate === null
                  ? formatBytesRate(edge.bytesPerSecond)
                  : formatRate(edge.requestRate)}
              </Td>
              <Td dataLabel="Errors" className="smm-number">
                {formatRatio(edge.errorRatio)}
              </Td>
              <Td dataLabel="p95" className="smm-number">
                {formatLatency(latency?.p95 ?? null)}
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}
