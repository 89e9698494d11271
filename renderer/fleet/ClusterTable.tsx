import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { Link } from 'react-router'
import type { Cluster } from '../api/index.ts'
import { connectionLooks, telemetryLooks, VerdictIcon, VerdictLabel } from '../ui/index.ts'
import { formatDuration, formatCount, notKnown } from '../words/index.ts'
import { controlPlaneLook } from './looks.ts'
import { problemsOf } from './summary.ts'

/** The clusters of one mesh, one row each: for fleets too large for cards. */
export function ClusterTable(props: {
  label: string
  clusters: readonly Cluster[]
  nowMs: number
}) {
  return (
    <Table aria-label={props.label} variant="compact" className="smm-table">
      <Thead>
        <Tr>
          <Th modifier="nowrap">Cluster</Th>
          <Th modifier="nowrap">State</Th>
          <Th modifier="nowrap">Istio</Th>
          <Th modifier="nowrap">Telemetry</Th>
          <Th modifier="nowrap">Kubernetes</Th>
          <Th modifier="nowrap">Provider</Th>
          <Th modifier="nowrap">Network</Th>
          <Th modifier="nowrap">Workloads</Th>
        </Tr>
      </Thead>
      <Tbody>
        {props.clusters.map((cluster) => (
          <Row key={cluster.id} cluster={cluster} nowMs={props.nowMs} />
        ))}
      </Tbody>
    </Table>
  )
}

function Row({ cluster, nowMs }: { cluster: Cluster; nowMs: number }) {
  const problem = problemsOf(cluster)[0]
  return (
    <Tr>
      <Td dataLabel="Cluster">
        <Link to={`/map?cluster=${encodeURIComponent(cluster.name)}`}>{cluster.name}</Link>
      </Td>
      <Td dataLabel="State">
        <VerdictLabel look={connectionLooks[cluster.state]} compact />{' '}
        <span className="smm-muted">
          for {formatDuration((nowMs - Date.parse(cluster.since)) / 1000)}
        </span>
        {cluster.state === 'paused' ? (
          <div className="smm-muted">{[cluster.reason, cluster.remedy].map(sentence).join('')}</div>
        ) : null}
        {problem === undefined ? null : (
          <div className="smm-muted">
            {[problem.title, problem.reason, problem.remedy].map(sentence).join('')}
          </div>
        )}
      </Td>
      <Td dataLabel="Istio">
        {cluster.controlPlanes.map((plane) => (
          <div key={`${plane.namespace}/${plane.name}`}>
            <VerdictIcon look={controlPlaneLook(plane)} /> {plane.version ?? notKnown}{' '}
            <span className="smm-muted">{plane.revision}</span>
          </div>
        ))}
        {cluster.controlPlanes.length === 0 ? notKnown : null}
      </Td>
      <Td dataLabel="Telemetry" modifier="nowrap">
        <VerdictIcon look={telemetryLooks[cluster.telemetry.state]} />{' '}
        {telemetryLooks[cluster.telemetry.state].text}
      </Td>
      <Td dataLabel="Kubernetes">{cluster.kubernetesVersion ?? notKnown}</Td>
      <Td dataLabel="Provider">
        {cluster.provider === 'unknown' ? notKnown : cluster.provider}
        {cluster.region === null ? null : <div className="smm-muted">{cluster.region}</div>}
      </Td>
      <Td dataLabel="Network">{cluster.network ?? notKnown}</Td>
      <Td dataLabel="Workloads">{formatCount(cluster.counts.workloads)}</Td>
    </Tr>
  )
}

function sentence(text: string | null): string {
  if (text === null) return ''
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} `
}
