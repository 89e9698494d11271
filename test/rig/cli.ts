/** `npm run rig -- …`: a fleet of real control planes on this machine. */
import { Argument, Command } from 'commander'
import { ensureTools, toolNames } from './tools/index.ts'

const say = (line: string): void => console.error(line)

const program = new Command('rig').description('Real control planes for tests, on this machine.')

program
  .command('build')
  .description('build or fetch the programs the rig runs (all, or those named)')
  .addArgument(new Argument('[tool...]', 'names').choices(toolNames))
  .action(async (names: string[]) => {
    const wanted = toolNames.filter((name) => names.length === 0 || names.includes(name))
    const paths = await ensureTools(wanted, { onProgress: say })
    for (const [name, path] of Object.entries(paths)) console.log(`${name}\t${path}`)
  })

try {
  await program.parseAsync()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
