import { graphql } from './generated/index.ts'
import type { GraphBy, GraphChangesSubscription } from './generated/graphql.ts'

/** The map and its changes. Percentiles are asked for apart, for what is selected. */
export const graphChanges = graphql(`
  subscription GraphChanges($windowSeconds: Int!, $by: GraphBy!) {
    graphChanged(windowSeconds: $windowSeconds, by: $by) {
      reset
      at
      windowSeconds
      clusters {
        name
        state
        ageSeconds
      }
      upsertedNodes {
        id
        kind
        cluster
        namespace
        name
        app
        version
        kubernetesKind
        health {
          status
          reasons {
            indicator
            status
            message
            value
            threshold
            samples
          }
        }
      }
      removedNodeIds
      upsertedEdges {
        id
        source
        target
        protocol
        requestRate
        errorRatio
        bytesPerSecond {
          sent
          received
        }
        mtls {
          ratio
          sourcePrincipals
          destinationPrincipals
        }
        responses {
          code
          flags
          rate
          hosts
        }
      }
      removedEdgeIds
    }
  }
`)

/** Percentiles of the edges around one namespace, at the map's own time and window. */
export const edgeLatencies = graphql(`
  query EdgeLatencies($windowSeconds: Int!, $at: DateTime!, $by: GraphBy!, $namespaces: [String!]) {
    graph(
      windowSeconds: $windowSeconds
      at: $at
      by: $by
      namespaces: $namespaces
      include: { latency: true }
    ) {
      edges {
        id
        latencyMs {
          p50
          p90
          p95
          p99
        }
      }
    }
  }
`)

/** What one event of the map says. */
export type GraphChange = GraphChangesSubscription['graphChanged']
/** A node of the map as pages show it. */
export type GraphNode = GraphChange['upsertedNodes'][number]
/** Traffic between two nodes by one protocol. */
export type GraphEdge = GraphChange['upsertedEdges'][number]
/** What one cluster contributed to the map. */
export type GraphCluster = GraphChange['clusters'][number]
/** A verdict on a node. */
export type HealthStatus = GraphNode['health']['status']
/** One indicator's account. */
export type HealthReason = GraphNode['health']['reasons'][number]
export type { GraphBy }

/** The map at one moment, as the page knows it. */
export interface Graph {
  readonly at: string
  readonly windowSeconds: number
  readonly clusters: readonly GraphCluster[]
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly edges: ReadonlyMap<string, GraphEdge>
}

/** Applies one event to what was known; what did not change stays the same object. */
export function applyGraphChange(known: Graph | null, change: GraphChange): Graph {
  return {
    at: change.at,
    windowSeconds: change.windowSeconds,
    clusters: change.clusters,
    nodes: patch(
      change.reset ? undefined : known?.nodes,
      change.upsertedNodes,
      change.removedNodeIds,
    ),
    edges: patch(
      change.reset ? undefined : known?.edges,
      change.upsertedEdges,
      change.removedEdgeIds,
    ),
  }
}

function patch<T extends { readonly id: string }>(
  known: ReadonlyMap<string, T> | undefined,
  upserted: readonly T[],
  removed: readonly string[],
): ReadonlyMap<string, T> {
  if (known !== undefined && upserted.length === 0 && removed.length === 0) return known
  const next = new Map(known)
  for (const id of removed) next.delete(id)
  for (const item of upserted) next.set(item.id, item)
  return next
}
