import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { utilityProcess, type UtilityProcess } from 'electron'

/** A running backend: where its page is, and how to get in. */
export interface Backend {
  /** Loopback origin with a trailing slash; holds no secret. */
  readonly url: string
  /** Asks for a fresh one-use session code. Rejects when the backend is gone. */
  sessionCode(): Promise<string>
  /** Settles when the process has ended, with its exit code (null when a signal ended it). */
  readonly ended: Promise<number | null>
  /** Ends the process; settles when it is gone. */
  stop(): Promise<void>
}

/** The two ways to run a Node process, seen alike. */
interface Runner {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: (code: number | null) => void): void
  kill(): void
}

/** The first Node version that has all the backend needs (`node:sqlite` without a flag, `Promise.withResolvers`, …). */
const oldestNode = [22, 19] as const

/**
 * The one switch: Electron's own Node runs the backend as a utility process
 * where it is new enough, else the pinned Node runs it as a child.
 */
export function runsInUtilityProcess(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/**
 * Starts the backend and waits until it serves. Rejects with what it said when
 * it ends before that.
 *
 * @param entry the bundled backend, `backend.mjs`
 * @param args source flags, as the CLI takes them
 * @param appRoot folder in which the pinned Node is looked for
 */
export function startBackend(
  entry: string,
  args: readonly string[],
  appRoot: string,
): Promise<Backend> {
  const runner = runsInUtilityProcess(process.versions.node)
    ? inUtilityProcess(entry, args)
    : underPinnedNode(entry, args, pinnedNode(appRoot))
  const waiting: ((code: string) => void)[] = []
  return new Promise((resolve, reject) => {
    let lastError = ''
    const ended = new Promise<number | null>((settle) => {
      runner.onExit((code) => {
        reject(new Error(lastError === '' ? `The backend ended with code ${code}.` : lastError))
        settle(code)
      })
    })
    runner.onMessage((message) => {
      if (!isRecord(message)) return
      const { type, url, code, message: text } = message
      if (type === 'error' && typeof text === 'string') lastError = text
      if (type === 'code' && typeof code === 'string') waiting.shift()?.(code)
      if (type === 'ready' && typeof url === 'string') {
        resolve({
          url,
          ended,
          sessionCode: () =>
            new Promise((settle, fail) => {
              waiting.push(settle)
              void ended.then(() => fail(new Error('The backend has ended.')))
              runner.post({ type: 'code' })
            }),
          stop: async () => {
            runner.kill()
            await ended
          },
        })
      }
    })
  })
}

function inUtilityProcess(entry: string, args: readonly string[]): Runner {
  const child: UtilityProcess = utilityProcess.fork(entry, [...args], {
    serviceName: 'Service Mesh Manager backend',
    stdio: 'inherit',
  })
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.on('exit', listener),
    kill: () => child.kill(),
  }
}

function underPinnedNode(entry: string, args: readonly string[], node: string): Runner {
  const child: ChildProcess = fork(entry, args, {
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    post: (message) => child.send(message as object),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.on('exit', listener)
      child.on('error', () => listener(127))
    },
    kill: () => child.kill(),
  }
}

function pinnedNode(appRoot: string): string {
  const named = process.env['SMM_NODE']
  if (named !== undefined && named !== '') return named
  const name = process.platform === 'win32' ? 'node.exe' : 'bin/node'
  const found = [join(appRoot, 'node_modules/node', name)].find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `This Electron carries Node ${process.versions.node}; the backend needs ${oldestNode.join('.')} or newer. Set SMM_NODE to the path of such a Node.`,
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
