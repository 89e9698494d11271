import type { GraphBy } from '../api/index.ts'

/** Which part of the map is shown beside what is chosen by place. */
export type Focus = 'all' | 'problems' | 'errors' | 'plaintext' | 'crossCluster'

/** All that the map's address says. */
export interface MapQuery {
  readonly view: 'map' | 'table'
  readonly windowSeconds: number
  readonly by: GraphBy
  readonly focus: Focus
  /** Only these clusters and what they talk to; empty for all. */
  readonly clusters: readonly string[]
  /** Only these namespaces and what they talk to; empty for all. */
  readonly namespaces: readonly string[]
  /** Whether what has no traffic is shown. */
  readonly idle: boolean
  readonly search: string
  /** Id of the selected node, edge or box. */
  readonly selected: string | null
}

/** The windows a user may choose, in seconds. */
export const windows: readonly number[] = [60, 300, 600, 1800, 3600, 10800, 86400]

/** What each node may stand for. */
export const groupings: readonly GraphBy[] = ['workload', 'app', 'version', 'service']

const focuses: readonly Focus[] = ['all', 'problems', 'errors', 'plaintext', 'crossCluster']

/** Reads the address. What it does not understand is as if it were left out. */
export function parseMapQuery(params: URLSearchParams): MapQuery {
  const windowSeconds = Number(params.get('window'))
  return {
    view: params.get('view') === 'table' ? 'table' : 'map',
    windowSeconds: windows.includes(windowSeconds) ? windowSeconds : 60,
    by: oneOf(groupings, params.get('by')) ?? 'workload',
    focus: oneOf(focuses, params.get('focus')) ?? 'all',
    clusters: params.getAll('cluster'),
    namespaces: params.getAll('namespace'),
    idle: params.get('idle') === 'show',
    search: params.get('q') ?? '',
    selected: params.get('selected'),
  }
}

/** Writes the address; what is as usual is left out. */
export function formatMapQuery(query: MapQuery): URLSearchParams {
  const params = new URLSearchParams()
  if (query.view !== 'map') params.set('view', query.view)
  if (query.windowSeconds !== 60) params.set('window', String(query.windowSeconds))
  if (query.by !== 'workload') params.set('by', query.by)
  if (query.focus !== 'all') params.set('focus', query.focus)
  for (const cluster of query.clusters) params.append('cluster', cluster)
  for (const namespace of query.namespaces) params.append('namespace', namespace)
  if (query.idle) params.set('idle', 'show')
  if (query.search !== '') params.set('q', query.search)
  if (query.selected !== null) params.set('selected', query.selected)
  return params
}

function oneOf<T extends string>(all: readonly T[], value: string | null): T | undefined {
  return all.find((one) => one === value)
}
