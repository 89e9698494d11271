import {
  Alert,
  AlertGroup,
  Content,
  EmptyState,
  EmptyStateBody,
  Gallery,
  PageSection,
  Skeleton,
  Title,
  ToggleGroup,
  ToggleGroupItem,
} from '@patternfly/react-core'
import { CubesIcon } from '@patternfly/react-icons/dist/esm/icons/cubes-icon'
import { useSearchParams } from 'react-router'
import type { Fleet, Live } from '../api/index.ts'
import { useNow } from '../ui/index.ts'
import { formatPlural } from '../words/index.ts'
import { ClusterCard } from './ClusterCard.tsx'
import { ClusterTable } from './ClusterTable.tsx'
import { groupByMesh, problemsOf, type MeshGroup } from './summary.ts'

/** From this many clusters on, a table is easier to read than cards. */
const cardsUpTo = 12
/** More troubled clusters are counted, not named: they are all on the same page. */
const attentionUpTo = 6

/** The fleet: what needs attention first, then every cluster under its mesh. */
export function FleetPage({ fleet }: { fleet: Live<Fleet> }) {
  const nowMs = useNow() + (fleet.value?.clockOffsetMs ?? 0)
  const [search, setSearch] = useSearchParams()
  const clusters = fleet.value?.clusters ?? []
  const asked = search.get('view')
  const view =
    asked === 'cards' || asked === 'table' ? asked : clusters.length > cardsUpTo ? 'table' : 'cards'
  const show = (next: string) => setSearch((last) => ({ ...Object.fromEntries(last), view: next }))
  return (
    <>
      <PageSection className="smm-page-head">
        <div className="smm-head-row">
          <div>
            <Title headingLevel="h1">Fleet</Title>
            <Content component="p" className="smm-muted" aria-live="polite">
              {fleet.value === null ? 'Asking the clusters…' : summaryOf(fleet.value)}
            </Content>
          </div>
          <ToggleGroup aria-label="How to show the clusters" isCompact>
            <ToggleGroupItem
              text="Cards"
              buttonId="fleet-cards"
              isSelected={view === 'cards'}
              onChange={() => show('cards')}
            />
            <ToggleGroupItem
              text="Table"
              buttonId="fleet-table"
              isSelected={view === 'table'}
              onChange={() => show('table')}
            />
          </ToggleGroup>
        </div>
        {fleet.problem === null ? null : (
          <Alert isInline variant="warning" title="The fleet could not be read whole">
            {fleet.problem}
          </Alert>
        )}
        {fleet.value === null ? null : <Unread fleet={fleet.value} />}
        {fleet.value === null ? null : <Attention fleet={fleet.value} />}
      </PageSection>
      <PageSection className="smm-page-body">
        {fleet.value === null ? <Loading /> : null}
        {fleet.value !== null && clusters.length === 0 ? <NoClusters /> : null}
        {fleet.value === null
          ? null
          : groupByMesh(fleet.value).map((group) => (
              <MeshSection key={group.mesh?.id ?? 'none'} group={group} view={view} nowMs={nowMs} />
            ))}
      </PageSection>
    </>
  )
}

function summaryOf(fleet: Fleet): string {
  const ready = fleet.clusters.filter(({ state }) => state === 'ready').length
  const parts = [
    formatPlural(fleet.clusters.length, 'cluster'),
    formatPlural(fleet.meshes.length, 'mesh', 'meshes'),
    `${ready} ready`,
  ]
  return parts.join(' · ')
}

/** Files and Prometheis that could not be read: their clusters are not in the fleet, so nothing else tells of them. */
function Unread({ fleet }: { fleet: Fleet }) {
  if (fleet.problems.length === 0) return null
  return (
    <Alert isInline component="h2" variant="warning" title="Not everything could be read">
      <ul>
        {fleet.problems.map(({ file, reason }) => (
          <li key={`${file} ${reason}`}>
            <strong className="smm-break">{file}</strong> {reason}
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function Attention({ fleet }: { fleet: Fleet }) {
  const troubled = fleet.clusters.filter((cluster) => problemsOf(cluster).length > 0)
  if (troubled.length === 0) return null
  const worst = troubled.some((cluster) => problemsOf(cluster)[0]?.severity === 'danger')
  return (
    <AlertGroup className="smm-attention">
      <Alert
        isInline
        component="h2"
        variant={worst ? 'danger' : 'warning'}
        title={`${formatPlural(troubled.length, 'cluster needs', 'clusters need')} attention`}
      >
        <ul>
          {troubled.slice(0, attentionUpTo).map((cluster) => (
            <li key={cluster.id}>
              <strong>{cluster.name}</strong>{' '}
              {problemsOf(cluster)
                .map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1))
                .join(', ')}
            </li>
          ))}
          {troubled.length > attentionUpTo ? (
            <li>and {troubled.length - attentionUpTo} more</li>
          ) : null}
        </ul>
      </Alert>
    </AlertGroup>
  )
}

function MeshSection(props: { group: MeshGroup; view: 'cards' | 'table'; nowMs: number }) {
  const { mesh, clusters } = props.group
  const title = mesh === null ? 'Without a mesh' : `Mesh ${mesh.name}`
  return (
    <section className="smm-mesh" aria-label={title}>
      <div className="smm-mesh-title">
        <Title headingLevel="h2" size="lg">
          {title}
        </Title>
        <span className="smm-muted">{formatPlural(clusters.length, 'cluster')}</span>
      </div>
      {props.view === 'table' ? (
        <ClusterTable label={`Clusters: ${title}`} clusters={clusters} nowMs={props.nowMs} />
      ) : (
        <Gallery hasGutter minWidths={{ default: '100%', md: '21rem' }}>
          {clusters.map((cluster) => (
            <ClusterCard key={cluster.id} cluster={cluster} nowMs={props.nowMs} />
          ))}
        </Gallery>
      )}
    </section>
  )
}

function Loading() {
  return (
    <Gallery hasGutter minWidths={{ default: '100%', md: '21rem' }}>
      {['first', 'second', 'third'].map((name) => (
        <Skeleton key={name} height="16rem" screenreaderText="Loading clusters" />
      ))}
    </Gallery>
  )
}

function NoClusters() {
  return (
    <EmptyState headingLevel="h2" titleText="No clusters" icon={CubesIcon}>
      <EmptyStateBody>
        No context of a kubeconfig is looked at. Start with <code>--kubeconfig FILE</code> or{' '}
        <code>--context NAME</code> to name one, or with <code>--sample</code> to look around.
      </EmptyStateBody>
    </EmptyState>
  )
}
