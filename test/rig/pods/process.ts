/** One running container process. */
import { spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, openSync, renameSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { run } from './shell.ts'

/** How a process ended. */
export interface Exit {
  readonly exitCode: number
  readonly signal: number | null
  readonly finishedAt: Date
}

/** A started container. */
export interface ContainerProcess {
  readonly startedAt: Date
  /** Process ID on this machine of the container's first process, once known. */
  readonly pid: Promise<number | null>
  readonly exited: Promise<Exit>
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Runs a command inside the container, as its user. Rejects unless it ends with 0 in time. */
  exec(command: readonly string[], timeoutMs: number): Promise<void>
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGTERM: 15, SIGKILL: 9, SIGINT: 2, SIGSEGV: 11, SIGABRT: 6, SIGHUP: 1,
} // prettier-ignore

/** Starts a sandboxed command; all it writes goes to `logFile`, the last run's is kept beside it. */
export function startProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  logFile: string,
): ContainerProcess {
  if (existsSync(logFile)) renameSync(logFile, logFile.replace(/\.log$/, '.previous.log'))
  const log = openSync(logFile, 'a')
  // The container's user opens /dev/stdout anew, which this file then is.
  chmodSync(logFile, 0o666)
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    stdio: ['ignore', log, log, 'pipe'],
    // A group of its own: Ctrl-C at the rig is the rig's to handle.
    detached: true,
  })
  closeSync(log)
  const startedAt = new Date()
  const pid = childPid(child.stdio[3] as Readable)
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', () => resolve({ exitCode: 128, signal: null, finishedAt: new Date() }))
    child.on('exit', (code, name) => {
      const signal = name === null ? null : (signalNumbers[name] ?? 0)
      resolve({ exitCode: code ?? 128 + (signal ?? 0), signal, finishedAt: new Date() })
    })
  })
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  return {
    startedAt,
    pid,
    exited,
    signal: async (signal) => {
      const inner = await pid
      if (ended) return
      try {
        if (inner === null) child.kill('SIGKILL')
        else process.kill(inner, signal)
      } catch {
        // It ended in the meantime.
      }
    },
    exec: async (command, timeoutMs) => {
      const inner = await pid
      if (inner === null || ended) throw new Error('the container does not run')
      const user = await run('stat', ['-c', '--setuid=%u --setgid=%g', `/proc/${inner}`])
      await run(
        'nsenter',
        [
          '--target',
          String(inner),
          '--mount',
          '--net',
          '--pid',
          '--ipc',
          '--uts',
          ...user.trim().split(' '),
          '--',
          ...command,
        ],
        { env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env }, timeoutMs },
      )
    },
  }
}

/** bwrap writes one JSON object with the process ID once the sandbox stands. */
async function childPid(info: Readable): Promise<number | null> {
  let text = ''
  for await (const chunk of info) text += String(chunk)
  const match = /"child-pid":\s*(\d+)/.exec(text)
  return match === null ? null : Number(match[1])
}
