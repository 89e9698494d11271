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

/** Ends a command with a message for the user and an exit code. */
export class CommandError extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode) {
    super(message)
    this.name = 'CommandError'
    this.exitCode = exitCode
  }
}
