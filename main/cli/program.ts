import { Command } from 'commander'
import about from '../../package.json' with { type: 'json' }
import { withoutCredentials } from '../state/index.ts'
import { addCompletionCommand } from './commands/completion.ts'
import { addDashboardCommand } from './commands/dashboard.ts'
import { addFleetCommand } from './commands/fleet.ts'
import { addGraphCommand } from './commands/graph.ts'
import { addSchemaCommand } from './commands/schema.ts'
import { addVersionCommand } from './commands/version.ts'
import { addGlobalFlags } from './flags.ts'
import { plain } from './print/output.ts'

/** All commands of `smm`. Throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('smm')
    .description('See, secure, connect and upgrade Istio service meshes across many clusters.')
    .version(about.version, '--version', 'print the version (more: smm version)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      `
Exit codes: 0 fine, 1 findings or not healthy, 2 usage, 3 partial, 4 refused, 130 interrupted.

Examples:
  smm fleet --sample
  smm graph --context east --context west -o json
  smm dashboard`,
    )
  // Before the commands are added, which inherit it.
  program.exitOverride()
  // What is not understood is quoted, and may be an address with a password.
  program.configureOutput({
    writeErr: (text) => process.stderr.write(plain(withoutCredentials(text))),
  })
  addGlobalFlags(program)
  addFleetCommand(program)
  addGraphCommand(program)
  addDashboardCommand(program)
  addVersionCommand(program)
  addSchemaCommand(program)
  addCompletionCommand(program)
  return program
}
