import type { Command } from 'commander'
import { sdl } from '../../graphql/index.ts'
import { print } from '../print/output.ts'

/** `smm schema`: the GraphQL schema as SDL. */
export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .summary('the GraphQL schema, with descriptions')
    .addHelpText('after', '\nExamples:\n  smm schema > schema.graphql')
    .action(() => print(sdl))
}
