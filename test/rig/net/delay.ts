import { connect, createServer, type Socket } from 'node:net'

/** Bytes that may be under way in one direction before its sender is held back. */
const inFlightLimit = 16 * 1024 * 1024

/** A running TCP proxy. */
export interface DelayProxy {
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * A TCP proxy on loopback that makes its target seem `rttMs` away: each
 * direction takes half of it, and a connection's first bytes wait one more
 * round trip, which is what the handshake would have taken.
 */
export async function startDelayProxy(options: {
  readonly port: number
  readonly target: { readonly host: string; readonly port: number }
  readonly rttMs: number
}): Promise<DelayProxy> {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...options.target, noDelay: true, allowHalfOpen: true })
    const openMs = performance.now() + options.rttMs
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    }
    relay(client, upstream, () => Math.max(performance.now(), openMs) + options.rttMs / 2)
    relay(upstream, client, () => performance.now() + options.rttMs / 2)
  })
  await new Promise<void>((started, failed) => {
    server.once('error', failed)
    server.listen(options.port, '127.0.0.1', started)
  })
  return {
    port: options.port,
    close: () =>
      new Promise((closed) => {
        for (const socket of open) socket.destroy()
        server.close(() => closed())
      }),
  }
}

/** Copies one direction; `dueMs` says when what arrives now has to leave. */
function relay(from: Socket, to: Socket, dueMs: () => number): void {
  let inFlight = 0
  // Timers of equal delay fire in order, unequal ones may not: never earlier than the one before.
  let lastDueMs = 0
  const later = (work: () => void): void => {
    lastDueMs = Math.max(dueMs(), lastDueMs)
    queue.push({ dueMs: lastDueMs, work })
    if (queue.length === 1) arm()
  }
  const queue: { dueMs: number; work: () => void }[] = []
  const arm = (): void => {
    const next = queue[0]
    if (next !== undefined) setTimeout(drain, Math.max(0, next.dueMs - performance.now()))
  }
  const drain = (): void => {
    while (queue[0] !== undefined && queue[0].dueMs <= performance.now() + 0.5)
      queue.shift()?.work()
    arm()
  }
  from.on('data', (chunk: Buffer) => {
    inFlight += chunk.length
    if (inFlight > inFlightLimit) from.pause()
    later(() => {
      inFlight -= chunk.length
      if (from.isPaused() && inFlight < inFlightLimit / 2) from.resume()
      if (!to.destroyed) to.write(chunk)
    })
  })
  from.on('end', () => later(() => to.end()))
  from.on('error', () => later(() => to.destroy()))
  from.on('close', () => later(() => to.end()))
}
