import type { Graph, GraphEdge, GraphNode } from '../api/index.ts'

/** A node for tests: `cluster/namespace/name`, healthy unless told otherwise. */
export function testNode(path: string, over: Partial<GraphNode> = {}): GraphNode {
  const [cluster = '', namespace = '', name = ''] = path.split('/')
  return {
    id: path,
    kind: 'workload',
    cluster,
    namespace,
    name,
    app: name.replace(/-v\d+$/, ''),
    version: 'v1',
    kubernetesKind: 'Deployment',
    health: { status: 'healthy', reasons: [] },
    ...over,
  }
}

/** An edge for tests: HTTP over mTLS without errors unless told otherwise. */
export function testEdge(source: string, target: string, over: Partial<GraphEdge> = {}): GraphEdge {
  const protocol = over.protocol ?? 'http'
  return {
    id: `${source}|${target}|${protocol}`,
    source,
    target,
    protocol,
    requestRate: 10,
    errorRatio: 0,
    bytesPerSecond: { sent: null, received: null },
    mtls: { ratio: 1, sourcePrincipals: [], destinationPrincipals: [] },
    responses: [],
    ...over,
  }
}

/** A graph for tests. */
export function testGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Graph {
  return {
    at: '2026-01-31T09:30:00.000Z',
    windowSeconds: 60,
    clusters: [],
    nodes: new Map(nodes.map((node) => [node.id, node])),
    edges: new Map(edges.map((edge) => [edge.id, edge])),
  }
}
