import type { Command } from 'commander'
import { startServer } from '../../graphql/index.ts'
import { createLogger } from '../../state/index.ts'
import { openBrowser } from '../browser.ts'
import { exitCodes } from '../exit.ts'
import type { GlobalFlags } from '../flags.ts'
import { interrupted } from '../interrupt.ts'
import { uiFolder } from '../paths.ts'
import { note, print } from '../print/output.ts'
import { selectSource } from '../source.ts'

interface DashboardFlags extends GlobalFlags {
  readonly open: boolean
}

/** `smm dashboard`: the pages in the browser. */
export function addDashboardCommand(program: Command): void {
  program
    .command('dashboard')
    .summary('serve the pages on this machine and open them in the browser')
    .description(
      'Serves the pages on a loopback address and opens them. The printed address lets one browser in, once, within a minute; press Enter for another.',
    )
    .option('--no-open', 'only print the address')
    .addHelpText('after', '\nExamples:\n  smm dashboard\n  smm dashboard --sample --no-open')
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DashboardFlags>()
      const source = await selectSource(flags, { app: true, onNotice: note })
      const server = await startServer({ source, uiDir: uiFolder, logger: createLogger() })
      const address = () => `${server.url}#code=${server.issueCode()}`
      if (flags.open) {
        note(`Opening ${server.url} (press Ctrl-C to stop, Enter for an address to open by hand)`)
        const opened = await openBrowser(address())
        if (!opened) await print(`${address()}\n`)
      } else {
        await print(`${address()}\n`)
        if (process.stdin.isTTY) {
          note('It lets one browser in, once, within a minute (Enter for another, Ctrl-C to stop).')
        }
      }
      if (process.stdin.isTTY) process.stdin.on('data', () => void print(`${address()}\n`))
      await interrupted()
      await server.close()
      await source.close()
      process.exitCode = exitCodes.interrupted
    })
}
