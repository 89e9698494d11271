import type { GraphEdge, GraphNode, HealthStatus } from '../api/index.ts'
import { healthOrder } from '../words/index.ts'
import { totalOf } from './panel/rates.ts'
import type { SceneEdge, Visible } from './scene/index.ts'

/** A node of the map as a row. */
export interface NodeRow {
  readonly id: string
  readonly name: string
  readonly status: HealthStatus
  /** Place of its health in the order of worst first, to sort by. */
  readonly health: number
  readonly kind: GraphNode['kind']
  readonly namespace: string
  readonly cluster: string
  readonly rateIn: number | null
  readonly errorsIn: number | null
  readonly rateOut: number | null
}

/** An edge of the map as a row. */
export interface EdgeRow {
  readonly id: string
  /** The line of the map that holds it, which is what can be selected. */
  readonly sceneId: string
  readonly edge: GraphEdge
  readonly source: string
  readonly sourcePlace: string
  readonly target: string
  readonly targetPlace: string
  readonly protocol: GraphEdge['protocol']
  readonly rate: number | null
  readonly errors: number | null
  readonly bytes: number | null
  readonly security: number | null
}

/** By which column rows are sorted, and which way. */
export interface Sort<Row> {
  readonly key: keyof Row
  readonly direction: 'asc' | 'desc'
}

/** The visible nodes that the search finds. */
export function nodeRows(visible: Visible, search: string): readonly NodeRow[] {
  const into = new Map<string, GraphEdge[]>()
  const from = new Map<string, GraphEdge[]>()
  for (const edge of visible.edges) {
    push(into, edge.target, edge)
    push(from, edge.source, edge)
  }
  return visible.nodes
    .filter((node) => finds(search, node))
    .map((node) => {
      const inbound = totalOf(into.get(node.id) ?? [])
      return {
        id: node.id,
        name: node.name,
        status: node.health.status,
        health: healthOrder.indexOf(node.health.status),
        kind: node.kind,
        namespace: node.namespace,
        cluster: node.cluster,
        rateIn: inbound.requestRate,
        errorsIn: inbound.errorRatio,
        rateOut: totalOf(from.get(node.id) ?? []).requestRate,
      }
    })
}

/** The visible edges that the search finds by either end. */
export function edgeRows(
  visible: Visible,
  sceneEdges: readonly SceneEdge[],
  search: string,
): readonly EdgeRow[] {
  const nodes = new Map(visible.nodes.map((node) => [node.id, node] as const))
  return sceneEdges.flatMap((sceneEdge) =>
    sceneEdge.members.flatMap((edge) => {
      const source = nodes.get(edge.source)
      const target = nodes.get(edge.target)
      if (source === undefined || target === undefined) return []
      if (!finds(search, source) && !finds(search, target)) return []
      const { sent, received } = edge.bytesPerSecond
      return [
        {
          id: edge.id,
          sceneId: sceneEdge.id,
          edge,
          source: source.name,
          sourcePlace: placeOf(source),
          target: target.name,
          targetPlace: placeOf(target),
          protocol: edge.protocol,
          rate: edge.requestRate,
          errors: edge.errorRatio,
          bytes: sent === null && received === null ? null : (sent ?? 0) + (received ?? 0),
          security: edge.mtls.ratio,
        },
      ]
    }),
  )
}

/** Sorts rows; what is not known comes last either way, and ties are broken by id. */
export function sortRows<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { key, direction }: Sort<Row>,
): readonly Row[] {
  const sign = direction === 'asc' ? 1 : -1
  return [...rows].sort((a, b) => {
    const x = a[key]
    const y = b[key]
    if (x == null || y == null) return Number(x == null) - Number(y == null) || byId(a, b)
    if (x === y) return byId(a, b)
    return (x < y ? -1 : 1) * sign
  })
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function finds(search: string, { name, namespace, cluster }: GraphNode): boolean {
  const wanted = search.trim().toLowerCase()
  return [name, namespace, cluster].some((text) => text.toLowerCase().includes(wanted))
}

function placeOf({ namespace, cluster }: GraphNode): string {
  return [namespace, cluster].filter((part) => part !== '').join(', ')
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
