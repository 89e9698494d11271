import { createServer, type Server } from 'node:net'
import { randomInt } from 'node:crypto'

/** Ports below those that systems hand to outgoing connections, so that a port stays free while its server restarts. */
const first = 20_000
const blockSize = 100
const blocks = 120

/** A block of TCP ports that no other rig on this machine uses. */
export interface PortBlock {
  /** The next port of the block that is free on loopback. */
  readonly next: () => Promise<number>
  /** Gives the block back. */
  readonly release: () => Promise<void>
}

/**
 * Takes a block of ports. Holding its first port open is what keeps other
 * rigs off; the system frees it when this process dies.
 */
export async function takePorts(): Promise<PortBlock> {
  const start = randomInt(blocks)
  for (let index = 0; index < blocks; index++) {
    const base = first + ((start + index) % blocks) * blockSize
    const holder = await listen(base)
    if (holder === null) continue
    holder.unref()
    let last = base
    return {
      next: async () => {
        while (last + 1 < base + blockSize) {
          // Taken before waiting, so that two callers never get one port.
          const port = ++last
          const probe = await listen(port)
          if (probe === null) continue
          await close(probe)
          return port
        }
        throw new Error(`no free port is left in ${base}–${base + blockSize - 1}`)
      },
      release: () => close(holder),
    }
  }
  throw new Error(`no block of free ports is left in ${first}–${first + blocks * blockSize - 1}`)
}

/** A server on the loopback port, or null where the port is taken. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    )
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
