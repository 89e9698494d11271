import type { Graph, GraphCluster, GraphEdge, GraphNode } from './graph.ts'

/** What a reader of one graph must be told to know the next. */
export interface GraphChange {
  readonly at: string
  readonly windowSeconds: number
  /** The clusters, all of them, where any changed; null where none did. */
  readonly clusters: readonly GraphCluster[] | null
  readonly upsertedNodes: readonly GraphNode[]
  readonly removedNodeIds: readonly string[]
  readonly upsertedEdges: readonly GraphEdge[]
  readonly removedEdgeIds: readonly string[]
}

/** An edge's identity: its ends and its protocol. */
export function edgeId({
  source,
  target,
  protocol,
}: Pick<GraphEdge, 'source' | 'target' | 'protocol'>): string {
  // No id holds a blank: names in it are percent-encoded.
  return `${source} ${target} ${protocol}`
}

/** What changed from one graph to the next; everything is new where there was none before. */
export function diffGraph(before: Graph | null, next: Graph): GraphChange {
  const nodes = diffBy(before?.nodes ?? [], next.nodes, ({ id }) => id)
  const edges = diffBy(before?.edges ?? [], next.edges, edgeId)
  const sameClusters = before !== null && isSame(before.clusters, next.clusters)
  return {
    at: next.at,
    windowSeconds: next.windowSeconds,
    clusters: sameClusters ? null : next.clusters,
    upsertedNodes: nodes.upserted,
    removedNodeIds: nodes.removed,
    upsertedEdges: edges.upserted,
    removedEdgeIds: edges.removed,
  }
}

function diffBy<T>(before: readonly T[], next: readonly T[], keyOf: (one: T) => string) {
  const left = new Map(before.map((one) => [keyOf(one), one]))
  const upserted: T[] = []
  for (const one of next) {
    const key = keyOf(one)
    const known = left.get(key)
    left.delete(key)
    if (known === undefined || !isSame(known, one)) upserted.push(one)
  }
  return { upserted, removed: [...left.keys()] }
}

/** Whether two values of plain data are equal. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, at) => isSame(one, b[at]))
  }
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  )
}
