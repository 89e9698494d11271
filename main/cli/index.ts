import { CommanderError } from 'commander'
import { withoutCredentials } from '../state/index.ts'
import { CommandError, exitCodes, type ExitCode } from './exit.ts'
import { note } from './print/output.ts'
import { createProgram } from './program.ts'

/** Entry of `smm`. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync()
    return Number(process.exitCode ?? exitCodes.fine)
  } catch (error) {
    return failed(error)
  }
}

/** Says what went wrong on stderr, and gives the exit code for it. */
function failed(error: unknown): ExitCode {
  // Commander has said itself what it did not understand; help it was asked for is no error.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage
  }
  note(`smm: ${withoutCredentials(error instanceof Error ? error.message : String(error))}`)
  if (error instanceof CommandError) return error.exitCode
  return isBadInput(error) ? exitCodes.usage : exitCodes.partial
}

function isBadInput(error: unknown): boolean {
  if (!(error instanceof AggregateError)) return false
  return error.errors.some(
    (one: { readonly extensions?: { readonly code?: unknown } }) =>
      one.extensions?.code === 'BAD_USER_INPUT',
  )
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
