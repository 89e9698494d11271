import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The launcher in the checkout's root. */
export const launcher = new URL('../../../smm', import.meta.url).pathname

/** What a finished command left. */
interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user of their own: no kubeconfig, no settings, nothing shared with whoever runs the tests. */
export interface User {
  readonly env: NodeJS.ProcessEnv
  /** Runs a command to its end. */
  smm(...args: readonly string[]): Promise<Finished>
  /** Starts a command that goes on. */
  start(...args: readonly string[]): Started
  /** Removes the user's folders. */
  leave(): void
}

/** A command that goes on. */
interface Started {
  readonly child: ChildProcess
  /** Waits for text on stdout or stderr and gives all there is so far. Rejects when it ends without. */
  saw(pattern: RegExp): Promise<string>
  readonly finished: Promise<Finished>
}

/** A user with an empty home. */
export function newUser(): User {
  const home = mkdtempSync(join(tmpdir(), 'smm-user-'))
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    SMM_HOME: join(home, 'smm'),
  }
  const start = (...args: readonly string[]): Started => {
    const child = spawn(launcher, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const finished = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout,
      stderr,
    }))
    return {
      child,
      finished,
      async saw(pattern) {
        while (!pattern.test(stdout + stderr)) {
          const ended = await Promise.race([
            finished.then(() => true),
            once(child.stdout, 'data').then(() => false),
            once(child.stderr, 'data').then(() => false),
          ])
          if (ended && !pattern.test(stdout + stderr)) {
            throw new Error(`smm ended without ${String(pattern)}:\n${stdout}${stderr}`)
          }
        }
        return stdout + stderr
      },
    }
  }
  return {
    env,
    start,
    smm: (...args) => start(...args).finished,
    leave: () => rmSync(home, { recursive: true, force: true }),
  }
}
