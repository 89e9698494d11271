import type { Graph, GraphEdge, GraphNode } from '../../api/index.ts'
import type { MapQuery } from '../url.ts'

/** The part of a map that is to be shown. */
export interface Visible {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Nodes left out because nothing talks to them and nothing is wrong with them. */
  readonly idleHidden: number
}

/** From this share on, errors count as errors where a user asks for them. */
const errorsFrom = 0.01

/** Picks what the query asks for: by place first (with what it talks to), then by what is the matter. */
export function filterGraph(
  graph: Graph,
  query: Pick<MapQuery, 'clusters' | 'namespaces' | 'focus' | 'idle'>,
): Visible {
  const here = (node: GraphNode | undefined) =>
    node !== undefined &&
    (query.clusters.length === 0 || query.clusters.includes(node.cluster)) &&
    (query.namespaces.length === 0 || query.namespaces.includes(node.namespace))
  const edges = [...graph.edges.values()].filter((edge) => {
    const source = graph.nodes.get(edge.source)
    const target = graph.nodes.get(edge.target)
    if (source === undefined || target === undefined) return false
    return (here(source) || here(target)) && inFocus(query.focus, edge, source, target)
  })
  const connected = new Set(edges.flatMap(({ source, target }) => [source, target]))
  let idleHidden = 0
  const nodes = [...graph.nodes.values()].filter((node) => {
    if (connected.has(node.id)) return true
    if (!here(node)) return false
    if (isSick(node)) return query.focus === 'all' || query.focus === 'problems'
    if (query.focus !== 'all') return false
    if (!query.idle) idleHidden += 1
    return query.idle
  })
  return { nodes, edges, idleHidden }
}

/** Whether its health calls for attention. */
function isSick(node: GraphNode): boolean {
  return node.health.status === 'failing' || node.health.status === 'degraded'
}

/** Whether an edge leads from one cluster of the fleet to another. */
export function isCrossCluster(source: GraphNode, target: GraphNode): boolean {
  return source.cluster !== '' && target.cluster !== '' && source.cluster !== target.cluster
}

function inFocus(
  focus: MapQuery['focus'],
  edge: GraphEdge,
  source: GraphNode,
  target: GraphNode,
): boolean {
  switch (focus) {
    case 'all':
      return true
    case 'problems':
      return (edge.errorRatio ?? 0) > 0 || isSick(source) || isSick(target)
    case 'errors':
      return (edge.errorRatio ?? 0) > errorsFrom
    case 'plaintext':
      return edge.mtls.ratio !== null && edge.mtls.ratio < 1
    case 'crossCluster':
      return isCrossCluster(source, target)
  }
}
