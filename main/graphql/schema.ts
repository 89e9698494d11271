import { makeExecutableSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import type { Context } from './context.ts'
import { sdl } from './generated/sdl.ts'
import { resolvers } from './resolvers/index.ts'

/** The executable schema. Throws when a resolver stands for nothing in the SDL. */
export function createSchema(): GraphQLSchema {
  return makeExecutableSchema<Context>({
    typeDefs: sdl,
    resolvers,
    resolverValidationOptions: {
      requireResolversToMatchSchema: 'error',
      requireResolversForResolveType: 'error',
    },
  })
}
