import type { Resolvers } from '../generated/resolvers.ts'
import { findNode } from '../view.ts'

/** Things by their id. */
export const nodeResolvers: Resolvers = {
  Query: {
    node: (_root, { id }, { engine }) => findNode(engine.fleet(), id),
  },
  Node: {
    __resolveType(node) {
      if ('type' in node) return node.type
      return 'role' in node ? 'Workload' : 'Service'
    },
  },
}
