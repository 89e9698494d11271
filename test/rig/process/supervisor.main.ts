/**
 * Parent of every process of a rig. It starts and signals them as the rig
 * says; when the channel to the rig closes, be it by a clean stop, Ctrl-C or
 * kill -9, it ends them all, removes the folder it was given, and ends itself.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import type { Event, Order } from './protocol.ts'

/** How long a process may take to end itself before it is killed. */
const graceMs = 5_000

interface Child {
  readonly process: ChildProcess
  readonly endsLast: boolean
}

const children = new Map<number, Child>()
const folders: string[] = []
let ending = false

function tell(event: Event): void {
  if (process.connected) process.send?.(event, undefined, undefined, () => {})
}

function start(order: Extract<Order, { type: 'start' }>): void {
  const { id } = order
  const log = openSync(order.logFile, 'a', 0o600)
  const child = spawn(order.command, order.args, {
    cwd: order.cwd,
    env: order.env,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  if (child.pid !== undefined) {
    children.set(id, { process: child, endsLast: order.endsLast })
    tell({ type: 'started', id, pid: child.pid })
  }
  child.on('error', (error) => {
    if (child.pid === undefined) tell({ type: 'failed', id, reason: error.message })
  })
  child.on('exit', (code, signal) => {
    children.delete(id)
    tell({ type: 'exited', id, code, signal })
    if (ending) endNext()
  })
}

/** Signals what may end now; once nothing is left, ends this process too. */
function endNext(): void {
  const left = [...children.values()]
  const early = left.filter((child) => !child.endsLast)
  for (const child of early.length > 0 ? early : left)
    if (!child.process.killed) child.process.kill('SIGTERM')
  if (left.length > 0) return
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

process.on('message', (order: Order) => {
  switch (order.type) {
    case 'start':
      start(order)
      break
    case 'signal':
      children.get(order.id)?.process.kill(order.signal)
      break
    case 'own':
      folders.push(order.folder)
      break
  }
})

function end(): void {
  if (ending) return
  ending = true
  endNext()
  setTimeout(() => {
    for (const child of children.values()) child.process.kill('SIGKILL')
  }, graceMs)
}

process.on('disconnect', end)
// Seen on a crowded machine: the rig's process was killed, the channel closed, and no event came.
setInterval(() => {
  if (!process.connected) end()
}, 1000)

// A terminal's Ctrl-C and a closed terminal are for the rig, which then closes the channel.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('SIGTERM', end)
