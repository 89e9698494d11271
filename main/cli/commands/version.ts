import type { Command } from 'commander'
import { homeFolder } from '../../state/index.ts'
import about from '../../../package.json' with { type: 'json' }
import type { GlobalFlags } from '../flags.ts'
import { formatted, print } from '../print/output.ts'

/** `smm version`. */
export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .summary('version of smm and of what it runs on')
    .addHelpText('after', '\nExamples:\n  smm version\n  smm version -o json')
    .action(async (_flags: unknown, command: Command) => {
      const { output } = command.optsWithGlobals<GlobalFlags>()
      const versions = {
        version: about.version,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        dataFolder: homeFolder(),
      }
      await print(
        formatted(
          versions,
          output,
          ({ version, node, platform, dataFolder }) =>
            `smm ${version} (Node ${node}, ${platform})\nData folder: ${dataFolder}\n`,
        ),
      )
    })
}
