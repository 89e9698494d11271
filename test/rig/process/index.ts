/**
 * Processes that cannot outlive the rig: a supervisor process is their
 * parent and ends them all when the channel to the rig closes.
 */
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event, Order } from './protocol.ts'

/** A program to run. It gets only the environment given here. */
interface ProcessSpec {
  /** For a person, such as `etcd of eks-east`. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly logFile: string
  /** Others need it to end cleanly, so it is ended after them. */
  readonly endsLast?: boolean
  /** Asked until it says true; a rejection counts as no. */
  readonly healthy: () => Promise<boolean>
  /** How long it may take to become healthy (60 s unless told). */
  readonly timeoutMs?: number
}

/** How a process ended. */
interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process. */
export interface Running {
  readonly name: string
  readonly pid: number
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<Exit>
  signal(signal: NodeJS.Signals): void
  /** SIGTERM, after 5 s SIGKILL; resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts processes and takes them along when it goes. */
export interface Supervisor {
  readonly pid: number
  /** Starts a process and waits until it is healthy. Throws with the end of its log otherwise. */
  start(spec: ProcessSpec): Promise<Running>
  /** Has the folder removed when the rig ends, even by a crash. */
  own(folder: string): void
  /** Ends all processes; resolves when they are gone. */
  close(): Promise<void>
}

interface Launched {
  readonly running: Running
  /** How it ended; null while it runs. */
  readonly ended: () => Exit | null
}

interface Waiting {
  readonly started: (pid: number) => void
  readonly failed: (reason: string) => void
  readonly exited: (exit: Exit) => void
}

/** Starts a supervisor. It lives in a session of its own, so Ctrl-C does not reach it. */
export function startSupervisor(
  options: {
    /** Called with a line for a person when a process ends that nobody stopped. */
    readonly onUnexpectedExit?: (line: string) => void
  } = {},
): Supervisor {
  let closing = false
  const child = fork(join(import.meta.dirname, 'supervisor.main.ts'), [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('cannot start the supervisor process')
  const waiting = new Map<number, Waiting>()
  const gone = new Promise<void>((resolve) => {
    child.on('exit', () => {
      for (const one of waiting.values()) {
        one.failed('the supervisor ended')
        one.exited({ code: null, signal: 'SIGKILL' })
      }
      // Only matters when the supervisor itself was killed: its children share its group.
      killGroup(pid)
      resolve()
    })
  })
  child.on('message', (event: Event) => {
    const one = waiting.get(event.id)
    if (event.type === 'started') one?.started(event.pid)
    else if (event.type === 'failed') one?.failed(event.reason)
    else {
      one?.exited(event)
      waiting.delete(event.id)
    }
  })
  let nextId = 0
  const send = (order: Order): void => {
    if (child.connected) child.send(order)
  }

  async function launch(spec: ProcessSpec): Promise<Launched> {
    const id = nextId++
    let ended: Exit | null = null
    let expected = false
    let resolveExit: (exit: Exit) => void = () => {}
    const exit = new Promise<Exit>((resolve) => (resolveExit = resolve))
    const exited = (how: Exit): void => {
      ended = how
      resolveExit(how)
      if (!expected && !closing)
        options.onUnexpectedExit?.(
          `${spec.name} ended (${wordsFor(how)}); its log is ${spec.logFile}`,
        )
    }
    const processId = await new Promise<number>((started, failed) => {
      waiting.set(id, { started, failed: (reason) => failed(new Error(reason)), exited })
      if (!child.connected) return failed(new Error('the rig is stopping'))
      send({
        type: 'start',
        id,
        command: spec.command,
        args: spec.args,
        cwd: spec.cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: spec.cwd, ...spec.env },
        logFile: spec.logFile,
        endsLast: spec.endsLast ?? false,
      })
    }).catch((error: unknown) => {
      throw new Error(`cannot start ${spec.name}: ${message(error)}`)
    })
    const signal = (name: NodeJS.Signals): void => send({ type: 'signal', id, signal: name })
    const running: Running = {
      name: spec.name,
      pid: processId,
      exited: exit,
      signal,
      async stop() {
        expected = true
        signal('SIGTERM')
        const killer = setTimeout(() => signal('SIGKILL'), 5_000)
        await exit
        clearTimeout(killer)
      },
    }
    return { running, ended: () => ended }
  }

  return {
    pid,
    own: (folder) => send({ type: 'own', folder }),
    async start(spec) {
      const launched = await launch(spec)
      try {
        await untilHealthy(spec, launched)
      } catch (error) {
        await launched.running.stop()
        throw error
      }
      return launched.running
    },
    async close() {
      closing = true
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

async function untilHealthy(spec: ProcessSpec, launched: Launched): Promise<void> {
  const deadline = Date.now() + (spec.timeoutMs ?? 60_000)
  let pauseMs = 25
  for (;;) {
    const healthy = await spec.healthy().catch(() => false)
    // Asked first: another program may answer on its port.
    const ended = launched.ended()
    if (ended !== null)
      throw new Error(`${spec.name} ended at once (${wordsFor(ended)}):\n${tail(spec.logFile)}`)
    if (healthy) return
    if (Date.now() > deadline)
      throw new Error(`${spec.name} did not become healthy in time:\n${tail(spec.logFile)}`)
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, 250)
  }
}

function wordsFor({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody was left.
  }
}

function tail(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-12).join('\n')
  } catch {
    return '(no log)'
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
