import {
  Alert,
  Button,
  Card,
  CardBody,
  CardFooter,
  CardHeader,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Tooltip,
} from '@patternfly/react-core'
import { Link } from 'react-router'
import type { Cluster } from '../api/index.ts'
import { connectionLooks, telemetryLooks, VerdictIcon, VerdictLabel } from '../ui/index.ts'
import { formatAgo, formatCount, formatDuration, notKnown } from '../words/index.ts'
import { controlPlaneLook } from './looks.ts'
import { problemsOf } from './summary.ts'

/** All there is to know of one cluster at a glance, its problems first. */
export function ClusterCard({ cluster, nowMs }: { cluster: Cluster; nowMs: number }) {
  const problems = problemsOf(cluster)
  return (
    <Card isFullHeight className="smm-cluster" component="article" data-cluster={cluster.name}>
      <CardHeader
        actions={{
          hasNoOffset: true,
          actions: <VerdictLabel look={connectionLooks[cluster.state]} />,
        }}
      >
        <CardTitle component="h3">{cluster.name}</CardTitle>
        <p className="smm-muted">
          {placeOf(cluster)} ·{' '}
          <span className="smm-nowrap">
            {connectionLooks[cluster.state].text.toLowerCase()} for{' '}
            {formatDuration((nowMs - Date.parse(cluster.since)) / 1000)}
          </span>
        </p>
      </CardHeader>
      <CardBody>
        {problems.map((problem) => (
          <Alert
            key={problem.title}
            isInline
            component="h4"
            variant={problem.severity}
            title={problem.title}
            className="smm-cluster-problem"
          >
            {problem.reason === null ? null : <p>{problem.reason}</p>}
            {problem.remedy === null ? null : <p className="smm-remedy">{problem.remedy}</p>}
          </Alert>
        ))}
        {cluster.state === 'paused' || cluster.state === 'connecting' ? (
          <>
            <p className="smm-muted">{cluster.reason ?? 'Connecting…'}</p>
            {cluster.remedy === null ? null : <p className="smm-muted">{cluster.remedy}</p>}
          </>
        ) : null}
        {hasFacts(cluster) ? <Facts cluster={cluster} nowMs={nowMs} /> : null}
      </CardBody>
      {hasFacts(cluster) ? (
        <CardFooter>
          <Link to={`/map?cluster=${encodeURIComponent(cluster.name)}`}>
            Show {cluster.name} on the map
          </Link>
        </CardFooter>
      ) : null}
    </Card>
  )
}

/** Whether anything was read of it. */
function hasFacts(cluster: Cluster): boolean {
  return cluster.kubernetesVersion !== null || cluster.counts.nodes !== null
}

function placeOf(cluster: Cluster): string {
  const parts = [
    cluster.provider === 'unknown' ? null : cluster.provider,
    cluster.region,
    cluster.kubernetesVersion === null ? null : `Kubernetes ${cluster.kubernetesVersion}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'Not read yet' : parts.join(' · ')
}

function Facts({ cluster, nowMs }: { cluster: Cluster; nowMs: number }) {
  const { telemetry } = cluster
  return (
    <>
      <Counts cluster={cluster} />
      <DescriptionList isHorizontal isCompact className="smm-facts">
        <Fact term="Istio">
          {cluster.controlPlanes.length === 0 ? (
            <span className="smm-muted">No control plane</span>
          ) : (
            cluster.controlPlanes.map((plane) => (
              <div key={`${plane.namespace}/${plane.name}`}>
                <VerdictIcon look={controlPlaneLook(plane)} /> {plane.version ?? notKnown}{' '}
                <span className="smm-muted">
                  {plane.revision} · {controlPlaneLook(plane).text.toLowerCase()}
                </span>
              </div>
            ))
          )}
        </Fact>
        <Fact term="Telemetry">
          <VerdictIcon look={telemetryLooks[telemetry.state]} />{' '}
          {telemetryLooks[telemetry.state].text}{' '}
          <span className="smm-muted smm-break">
            {telemetry.endpoint}
            {telemetry.state !== 'ready' && telemetry.answeredAt !== null
              ? `, last answer ${formatAgo(telemetry.answeredAt, nowMs)}`
              : null}
          </span>
        </Fact>
        <Fact term="Network">{cluster.network ?? notKnown}</Fact>
        <Fact term="Trust domain">
          {cluster.trustDomain ?? notKnown}
          {cluster.rootFingerprint === null ? null : (
            <Tooltip content={`Root certificate, SHA-256: ${cluster.rootFingerprint}`}>
              <Button variant="plain" size="sm" className="smm-mono">
                root {cluster.rootFingerprint.slice(0, 8)}
              </Button>
            </Tooltip>
          )}
        </Fact>
        {cluster.contexts.length > 1 ? (
          <Fact term="Contexts">{cluster.contexts.join(', ')}</Fact>
        ) : null}
        {cluster.identityAssumed ? (
          <Fact term="Identity">Assumed from its certificate authority and address</Fact>
        ) : null}
        {cluster.unreadable.length > 0 ? (
          <Fact term="Not readable">
            {cluster.unreadable.map(({ kind, reason }) => `${kind} (${reason})`).join(', ')}
          </Fact>
        ) : null}
      </DescriptionList>
    </>
  )
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  )
}

function Counts({ cluster }: { cluster: Cluster }) {
  const { counts } = cluster
  const shown: readonly (readonly [string, number | null])[] = [
    ['Nodes', counts.nodes],
    ['Namespaces', counts.namespaces],
    ['Workloads', counts.workloads],
    ['Services', counts.services],
    ['Gateways', counts.gateways],
  ]
  return (
    <dl className="smm-counts">
      {shown.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  )
}
