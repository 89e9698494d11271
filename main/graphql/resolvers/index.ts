import type { Resolvers } from '../generated/resolvers.ts'
import { fleetResolvers } from './fleet.ts'
import { graphResolvers } from './graph.ts'
import { nodeResolvers } from './node.ts'
import { scalarResolvers } from './scalars.ts'
import { timelineResolvers } from './timeline.ts'

const domains: readonly Resolvers[] = [
  scalarResolvers,
  nodeResolvers,
  fleetResolvers,
  graphResolvers,
  timelineResolvers,
]

/** All domains' resolvers as one map. A field two domains claim is a mistake and throws. */
export function allResolvers(): Resolvers {
  const all: Record<string, object> = {}
  for (const domain of domains) {
    for (const [type, fields] of Object.entries(domain)) {
      const known = all[type] ?? {}
      const twice = Object.keys(fields).find((field) => field in known)
      if (twice !== undefined) throw new Error(`${type}.${twice} is resolved twice`)
      // A scalar is an object of its own and comes whole.
      all[type] = type in all ? { ...known, ...fields } : fields
    }
  }
  return all
}
