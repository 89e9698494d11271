import { Button, Icon } from '@patternfly/react-core'
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon'
import { LockOpenIcon } from '@patternfly/react-icons/dist/esm/icons/lock-open-icon'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import type { GraphEdge } from '../../api/index.ts'
import { formatBytesRate, formatLatency, formatRate, formatRatio } from '../../words/index.ts'
import { securityOf, type Scene, type SceneEdge } from '../scene/index.ts'
import { protocolName, securityText } from '../words.ts'
import { Figures } from './Figures.tsx'
import { explainFlags } from './flags.ts'
import type { Latency } from './useLatencies.ts'

const shownAtMost = 20

/** The traffic between two nodes, protocol by protocol: rates, percentiles, how it ended, who they proved to be. */
export function EdgePanel(props: {
  scene: Scene
  edge: SceneEdge
  latencies: ReadonlyMap<string, Latency>
  onSelect: (id: string) => void
}) {
  const { scene, edge } = props
  const nodes = new Map(scene.nodes.map((node) => [node.id, node] as const))
  const members = edge.members.slice(0, shownAtMost)
  return (
    <>
      <p>
        From{' '}
        <Button variant="link" isInline onClick={() => props.onSelect(edge.source)}>
          {nodes.get(edge.source)?.title}
        </Button>{' '}
        to{' '}
        <Button variant="link" isInline onClick={() => props.onSelect(edge.target)}>
          {nodes.get(edge.target)?.title}
        </Button>
        {edge.crossCluster ? ', between clusters' : null}
      </p>
      {members.map((member) => (
        <ProtocolSection
          key={member.id}
          edge={member}
          latency={props.latencies.get(member.id)}
          title={
            edge.members.length === edge.protocols.length
              ? protocolName(member.protocol)
              : `${protocolName(member.protocol)} ${nameOf(member.source)} → ${nameOf(member.target)}`
          }
        />
      ))}
      {edge.members.length > members.length ? (
        <p className="smm-muted">and {edge.members.length - members.length} more connections</p>
      ) : null}
    </>
  )

  function nameOf(id: string): string {
    for (const node of scene.nodes) {
      const member = node.members.find((one) => one.id === id)
      if (member !== undefined) return member.name
    }
    return id
  }
}

function ProtocolSection(props: { edge: GraphEdge; latency: Latency | undefined; title: string }) {
  const { edge, latency } = props
  const figures: (readonly [string, string])[] = []
  if (edge.requestRate !== null) {
    figures.push(['Requests', formatRate(edge.requestRate)])
    figures.push(['Errors', formatRatio(edge.errorRatio)])
  }
  if (edge.bytesPerSecond.sent !== null || edge.bytesPerSecond.received !== null) {
    figures.push(['Sent', formatBytesRate(edge.bytesPerSecond.sent)])
    figures.push(['Received', formatBytesRate(edge.bytesPerSecond.received)])
  }
  if (edge.protocol !== 'tcp') {
    figures.push(['p50', formatLatency(latency?.p50 ?? null)])
    figures.push(['p90', formatLatency(latency?.p90 ?? null)])
    figures.push(['p95', formatLatency(latency?.p95 ?? null)])
    figures.push(['p99', formatLatency(latency?.p99 ?? null)])
  }
  return (
    <section aria-label={props.title}>
      <h3 className="smm-break">{props.title}</h3>
      <Figures figures={figures} />
      {edge.responses.length === 0 ? null : <Responses edge={edge} />}
      <Identity edge={edge} />
    </section>
  )
}

function Responses({ edge }: { edge: GraphEdge }) {
  const sorted = [...edge.responses].sort((a, b) => b.rate - a.rate)
  const total = sorted.reduce((sum, { rate }) => sum + rate, 0)
  return (
    <Table aria-label="Responses" variant="compact" borders={false}>
      <Thead>
        <Tr>
          <Th>Response</Th>
          <Th className="smm-number">Rate</Th>
          <Th className="smm-number">Share</Th>
        </Tr>
      </Thead>
      <Tbody>
        {sorted.map(({ code, flags, rate, hosts }) => (
          <Tr key={`${code} ${flags}`}>
            <Td dataLabel="Response">
              <strong>{code === '-' ? 'No response' : code}</strong>
              {explainFlags(flags) === null ? null : (
                <div className="smm-muted">{explainFlags(flags)}</div>
              )}
              <div className="smm-muted smm-break">{hosts.join(', ')}</div>
            </Td>
            <Td dataLabel="Rate" className="smm-number">
              {formatRate(rate)}
            </Td>
            <Td dataLabel="Share" className="smm-number">
              {formatRatio(total === 0 ? null : rate / total)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function Identity({ edge }: { edge: GraphEdge }) {
  const security = securityOf([edge])
  const { ratio, sourcePrincipals, destinationPrincipals } = edge.mtls
  return (
    <>
      <p className="smm-security">
        {security === 'mtls' ? (
          <LockIcon />
        ) : security === 'unknown' ? null : (
          <Icon status="warning" isInline>
            <LockOpenIcon />
          </Icon>
        )}{' '}
        {securityText(security)}
        {security === 'partial' ? `: ${formatRatio(ratio)} mTLS` : null}
      </p>
      <Principals label="Caller's identity" principals={sourcePrincipals} />
      <Principals label="Callee's identity" principals={destinationPrincipals} />
    </>
  )
}

function Principals({ label, principals }: { label: string; principals: readonly string[] }) {
  if (principals.length === 0) return null
  return (
    <div>
      <span className="smm-muted">{label}</span>
      <ul className="smm-plain-list smm-mono smm-break smm-small">
        {principals.map((principal) => (
          <li key={principal}>{principal}</li>
        ))}
      </ul>
    </div>
  )
}
