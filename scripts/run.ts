import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

/** The repository's root folder. */
export const root = resolve(import.meta.dirname, '..')

/** How a program ended. `code` is 128 plus the signal's number convention's stand-in 1 when a signal ended it. */
export interface Outcome {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

/**
 * Runs a program of this package (pinned Node's `node_modules/.bin` first on
 * PATH) and waits for its end. Never rejects: a program that cannot start ends with code 127.
 */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv
    readonly inherit?: boolean
    readonly cwd?: string
  } = {},
): Promise<Outcome> {
  const began = performance.now()
  const { promise, resolve: settle } = Promise.withResolvers<Outcome>()
  const chunks: string[] = []
  const seconds = (): number => (performance.now() - began) / 1000
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: {
      ...process.env,
      ...options.env,
      PATH: [`${root}/node_modules/.bin`, process.env['PATH']].join(delimiter),
    },
    stdio: options.inherit === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  child.on('error', (error) => {
    settle({ code: 127, output: `${command}: ${error.message}`, seconds: seconds() })
  })
  child.on('close', (code) => {
    settle({ code: code ?? 1, output: chunks.join(''), seconds: seconds() })
  })
  return promise
}

/** Ends with a plain word when the running Node is older than this package needs. */
export function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return
  console.error(
    `This needs Node 22.19 or newer and runs on ${process.versions.node}. The pinned Node of this package is missing: run \`npm install\` (its install script for the package "node" must be allowed).`,
  )
  process.exit(2)
}
