import { spawn } from 'node:child_process'

/** A program that ended badly, with what it said. */
export class CommandFailed extends Error {
  readonly output: string
  readonly code: number | null
  constructor(message: string, output: string, code: number | null) {
    super(message)
    this.output = output
    this.code = code
  }
}

/** What a short program is given. */
export interface RunOptions {
  /** Text for its standard input. */
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
  /** It is killed after this long. */
  readonly timeoutMs?: number
  readonly cwd?: string
}

/** Runs a short program to its end and gives its output; throws {@link CommandFailed} otherwise. */
export function run(
  command: string,
  args: readonly string[],
  { input, env, timeoutMs = 60_000, cwd }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    })
    const out: Buffer[] = []
    const all: Buffer[] = []
    child.stdout.on('data', (bytes: Buffer) => {
      out.push(bytes)
      all.push(bytes)
    })
    child.stderr.on('data', (bytes: Buffer) => all.push(bytes))
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString())
      const said = Buffer.concat(all).toString().trim()
      reject(
        new CommandFailed(
          `${command} ended with ${signal ?? code}: ${said.split('\n').slice(-12).join('\n')}`,
          said,
          code,
        ),
      )
    })
  })
}

/** Runs a shell script that stops at its first failing line. */
export function script(lines: readonly string[]): Promise<string> {
  return run('sh', ['-e'], { input: `${lines.join('\n')}\n` })
}
