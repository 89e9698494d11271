import { CommanderError } from 'commander'
import { withoutCredentials } from '../state/index.ts'
import { exitCodeFor, exitCodes } from './exit.ts'
import { note } from './print/output.ts'
import { createProgram } from './program.ts'

/** Entry of `smm`: runs one command and gives its exit code. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync()
    return Number(process.exitCode ?? exitCodes.fine)
  } catch (error) {
    // Commander has said itself what it did not understand.
    if (!(error instanceof CommanderError)) {
      note(`smm: ${withoutCredentials(error instanceof Error ? error.message : String(error))}`)
    }
    return exitCodeFor(error)
  }
}

process.on('SIGINT', () => {
  // `smm dashboard` stops its server first; everything else only reads.
  if (process.listenerCount('SIGINT') === 1) process.exit(exitCodes.interrupted)
})
// A reader that has seen enough (`smm graph | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.fine)
  throw error
})

// Timers and sockets that are still closing must not keep a finished command.
process.exit(await main())
