import type { Resolvers } from '../generated/resolvers.ts'
import { fleetResolvers } from './fleet.ts'
import { graphResolvers } from './graph.ts'
import { nodeResolvers } from './node.ts'
import { scalarResolvers } from './scalars.ts'
import { timelineResolvers } from './timeline.ts'

/** Every domain's resolvers, to be merged. */
export const resolvers: Resolvers[] = [
  scalarResolvers,
  nodeResolvers,
  fleetResolvers,
  graphResolvers,
  timelineResolvers,
]
