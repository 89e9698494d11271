import { CommanderError } from 'commander'

/** What a command's exit code says; scripts depend on it. */
export const exitCodes = {
  fine: 0,
  findings: 1,
  usage: 2,
  partial: 3,
  refused: 4,
  interrupted: 130,
} as const

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The most telling of several exit codes: usage, refused, partial, findings, fine. */
export function worstExit(...codes: readonly ExitCode[]): ExitCode {
  const order = [exitCodes.usage, exitCodes.refused, exitCodes.partial, exitCodes.findings] as const
  return order.find((code) => codes.includes(code)) ?? exitCodes.fine
}

/** The exit code for contexts the user named that may not be dialled: they were refused, not left out. */
export function exitCodeOfRefused(
  { context }: { readonly context: readonly string[] },
  clusters: readonly { readonly name: string; readonly state: string }[],
): ExitCode {
  const isRefused = clusters.some(({ name, state }) => state === 'paused' && context.includes(name))
  return isRefused ? exitCodes.refused : exitCodes.fine
}

/** Ends a command with a message for the user and an exit code. */
export class CommandError extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode) {
    super(message)
    this.name = 'CommandError'
    this.exitCode = exitCode
  }
}

/** The exit code for whatever ended a command. What nobody foresaw counts as a partial answer: nothing was had. */
export function exitCodeFor(error: unknown): ExitCode {
  // Help that was asked for ends a command too, and is no error.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage
  }
  if (error instanceof CommandError) return error.exitCode
  return isBadInput(error) ? exitCodes.usage : exitCodes.partial
}

/** The API names what it did not like about an operation's arguments. */
function isBadInput(error: unknown): boolean {
  if (!(error instanceof AggregateError)) return false
  return error.errors.some(
    (one: { readonly extensions?: { readonly code?: unknown } }) =>
      one.extensions?.code === 'BAD_USER_INPUT',
  )
}
