import { Button, Pagination, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core'
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table'
import { useState } from 'react'
import type { Graph } from '../api/index.ts'
import { healthLooks, VerdictLabel } from '../ui/index.ts'
import { formatBytesRate, formatRate, formatRatio, notKnown } from '../words/index.ts'
import { Status } from './MapOverlays.tsx'
import { sceneAt, securityOf, type Visible } from './scene/index.ts'
import { edgeRows, nodeRows, sortRows, type EdgeRow, type NodeRow, type Sort } from './rows.ts'
import type { MapQuery } from './url.ts'
import { kindText, protocolName, securityText } from './words.ts'

const rowsPerPage = [20, 50, 100] as const

/** All that the map shows, for reading, sorting and the keyboard. */
export function MapTable(props: {
  visible: Visible
  graph: Graph
  query: MapQuery
  onSelect: (id: string) => void
}) {
  const { visible, query } = props
  const [shown, setShown] = useState<'nodes' | 'edges'>('nodes')
  return (
    <div className="smm-table-page">
      <div className="smm-head-row">
        <h2 className="smm-hidden">{shown === 'nodes' ? 'Nodes' : 'Connections'}</h2>
        <Status graph={props.graph} visible={visible} />
        <ToggleGroup aria-label="What to list" isCompact>
          <ToggleGroupItem
            text="Nodes"
            buttonId="list-nodes"
            isSelected={shown === 'nodes'}
            onChange={() => setShown('nodes')}
          />
          <ToggleGroupItem
            text="Connections"
            buttonId="list-edges"
            isSelected={shown === 'edges'}
            onChange={() => setShown('edges')}
          />
        </ToggleGroup>
      </div>
      {shown === 'nodes' ? (
        <NodeTable
          rows={nodeRows(visible, query.search)}
          selected={query.selected}
          onSelect={props.onSelect}
        />
      ) : (
        <EdgeTable
          rows={edgeRows(visible, sceneAt(visible, 'workload').edges, query.search)}
          selected={query.selected}
          onSelect={props.onSelect}
        />
      )}
    </div>
  )
}

interface TableProps<Row> {
  readonly rows: readonly Row[]
  readonly selected: string | null
  readonly onSelect: (id: string) => void
}

/** Sorting and paging, alike for both tables. */
function useRows<Row extends { readonly id: string }>(rows: readonly Row[], first: Sort<Row>) {
  const [sort, setSort] = useState(first)
  const [page, setPage] = useState(1)
  const [perPage, setPerPage] = useState<number>(rowsPerPage[1])
  const last = Math.max(1, Math.ceil(rows.length / perPage))
  const at = Math.min(page, last)
  const columns = (keys: readonly (keyof Row)[]) => (key: keyof Row) => ({
    columnIndex: keys.indexOf(key),
    sortBy: { index: keys.indexOf(sort.key), direction: sort.direction },
    onSort: (_: unknown, index: number, direction: 'asc' | 'desc') => {
      const chosen = keys[index]
      if (chosen !== undefined) setSort({ key: chosen, direction })
    },
  })
  return {
    shown: sortRows(rows, sort).slice((at - 1) * perPage, at * perPage),
    columns,
    pages:
      rows.length <= rowsPerPage[1] ? null : (
        <Pagination
          itemCount={rows.length}
          perPage={perPage}
          page={at}
          onSetPage={(_, next) => setPage(next)}
          perPageOptions={rowsPerPage.map((value) => ({ title: String(value), value }))}
          onPerPageSelect={(_, next) => setPerPage(next)}
          isCompact
        />
      ),
  }
}

const nodeKeys = [
  'name',
  'health',
  'kind',
  'namespace',
  'cluster',
  'rateIn',
  'errorsIn',
  'rateOut',
] as const

function NodeTable({ rows, selected, onSelect }: TableProps<NodeRow>) {
  const { shown, columns, pages } = useRows<NodeRow>(rows, { key: 'health', direction: 'asc' })
  const sort = columns(nodeKeys)
  return (
    <>
      {pages}
      <Table aria-label="Nodes" variant="compact">
        <Thead>
          <Tr>
            <Th modifier="wrap" sort={sort('name')}>
              Name
            </Th>
            <Th modifier="wrap" sort={sort('health')}>
              Health
            </Th>
            <Th modifier="wrap" sort={sort('kind')}>
              Kind
            </Th>
            <Th modifier="wrap" sort={sort('namespace')}>
              Namespace
            </Th>
            <Th modifier="wrap" sort={sort('cluster')}>
              Cluster
            </Th>
            <Th modifier="wrap" sort={sort('rateIn')}>
              Requests in
            </Th>
            <Th modifier="wrap" sort={sort('errorsIn')}>
              Errors in
            </Th>
            <Th modifier="wrap" sort={sort('rateOut')}>
              Requests out
            </Th>
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((row) => (
            <Tr key={row.id} isRowSelected={row.id === selected}>
              <Td dataLabel="Name" className="smm-name">
                <Button variant="link" isInline onClick={() => onSelect(row.id)}>
                  {row.name}
                </Button>
              </Td>
              <Td dataLabel="Health">
                <VerdictLabel look={healthLooks[row.status]} compact />
              </Td>
              <Td dataLabel="Kind">{kindText(row.kind)}</Td>
              <Td dataLabel="Namespace">{row.namespace || notKnown}</Td>
              <Td dataLabel="Cluster">{row.cluster || notKnown}</Td>
              <Td dataLabel="Requests in">{formatRate(row.rateIn)}</Td>
              <Td dataLabel="Errors in">{formatRatio(row.errorsIn)}</Td>
              <Td dataLabel="Requests out">{formatRate(row.rateOut)}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  )
}

const edgeKeys = ['source', 'target', 'protocol', 'rate', 'errors', 'bytes', 'security'] as const

function EdgeTable({ rows, selected, onSelect }: TableProps<EdgeRow>) {
  const { shown, columns, pages } = useRows<EdgeRow>(rows, { key: 'errors', direction: 'desc' })
  const sort = columns(edgeKeys)
  return (
    <>
      {pages}
      <Table aria-label="Connections" variant="compact">
        <Thead>
          <Tr>
            <Th modifier="wrap" sort={sort('source')}>
              From
            </Th>
            <Th modifier="wrap" sort={sort('target')}>
              To
            </Th>
            <Th modifier="wrap" sort={sort('protocol')}>
              Protocol
            </Th>
            <Th modifier="wrap" sort={sort('rate')}>
              Requests
            </Th>
            <Th modifier="wrap" sort={sort('errors')}>
              Errors
            </Th>
            <Th modifier="wrap" sort={sort('bytes')}>
              Bytes
            </Th>
            <Th modifier="wrap" sort={sort('security')}>
              Security
            </Th>
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((row) => (
            <Tr key={row.id} isRowSelected={row.sceneId === selected}>
              <Td dataLabel="From" className="smm-name">
                <Button variant="link" isInline onClick={() => onSelect(row.sceneId)}>
                  {row.source}
                </Button>
                <div className="smm-muted">{row.sourcePlace}</div>
              </Td>
              <Td dataLabel="To" className="smm-name">
                {row.target}
                <div className="smm-muted">{row.targetPlace}</div>
              </Td>
              <Td dataLabel="Protocol">{protocolName(row.protocol)}</Td>
              <Td dataLabel="Requests">{formatRate(row.rate)}</Td>
              <Td dataLabel="Errors">{formatRatio(row.errors)}</Td>
              <Td dataLabel="Bytes">{formatBytesRate(row.bytes)}</Td>
              <Td dataLabel="Security">{securityText(securityOf([row.edge]))}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  )
}
