import { printSchema, type GraphQLSchema } from 'graphql'

/**
 * A code generator plugin: the whole schema as one string in a module, so that
 * a bundled backend needs no schema files beside it.
 *
 * @public
 */
export function plugin(schema: GraphQLSchema): string {
  const source = printSchema(schema).replace(/[\\`$]/g, '\\$&')
  return `/** The GraphQL schema, made from schema/*.graphql. */\nexport const sdl = \`${source}\n\`\n`
}
