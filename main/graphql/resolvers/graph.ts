import { GraphQLError } from 'graphql'
import type { QueryGraphArgs, RequireFields, Resolvers } from '../generated/resolvers.ts'
import { edgeId } from '../../traffic/index.ts'
import { eachOf } from '../latest.ts'
import type { MapRequest } from '../map.ts'

const windowSeconds = { least: 10, most: 86_400 }
const mostNamespaces = 1000

/** The map. */
export const graphResolvers: Resolvers = {
  Query: {
    graph: (_root, args, { engine }) => engine.map(request(args), args.at ?? null),
  },
  Subscription: {
    graphChanged: {
      subscribe: (_root, args, { engine }) =>
        eachOf(engine.mapChanges(request(args)), (graphChanged) => ({ graphChanged })),
    },
  },
  GraphEdge: { id: (edge) => edgeId(edge) },
  GraphChange: {
    at: ({ graph }) => graph.at,
    windowSeconds: ({ graph }) => graph.windowSeconds,
    clusters: ({ graph }) => graph.clusters,
    upsertedNodes: ({ diff }) => diff.upsertedNodes,
    removedNodeIds: ({ diff }) => diff.removedNodeIds,
    upsertedEdges: ({ diff }) => diff.upsertedEdges,
    removedEdgeIds: ({ diff }) => diff.removedEdgeIds,
  },
}

/** Checks what the schema's types cannot say. */
function request(
  args: Omit<RequireFields<QueryGraphArgs, 'by' | 'windowSeconds'>, 'at'>,
): MapRequest {
  if (args.windowSeconds < windowSeconds.least || args.windowSeconds > windowSeconds.most) {
    throw badInput(
      `windowSeconds is ${args.windowSeconds}; it must be from ${windowSeconds.least} to ${windowSeconds.most}`,
    )
  }
  const namespaces = args.namespaces ?? null
  if (namespaces !== null && namespaces.length > mostNamespaces) {
    throw badInput(`namespaces has ${namespaces.length} names; at most ${mostNamespaces} are taken`)
  }
  return {
    windowSeconds: args.windowSeconds,
    by: args.by,
    namespaces,
    latency: args.include?.latency ?? false,
    bytes: args.include?.bytes ?? false,
  }
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
