import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startDelayProxy } from './delay.ts'
import { takePorts } from './ports.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server behind a proxy; returns the proxy's port. */
async function behindProxy(rttMs: number, serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => new Promise((closed) => server.close(closed)))
  const ports = await takePorts()
  closers.push(ports.release)
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const proxy = await startDelayProxy({ port: await ports.next(), target, rttMs })
  closers.push(proxy.close)
  return proxy.port
}

async function echoed(port: number, sent: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(sent)
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

test('bytes arrive whole and in order, more than may be under way at once', async () => {
  const port = await behindProxy(10, (socket) => socket.pipe(socket))
  const sent = Buffer.alloc(24 * 1024 * 1024)
  for (let index = 0; index < sent.length; index += 4) sent.writeUInt32LE(index, index)
  expect((await echoed(port, sent)).equals(sent)).toBe(true)
})

test('a first answer takes the handshake and one round trip', async () => {
  const rttMs = 150
  const port = await behindProxy(rttMs, (socket) => socket.pipe(socket))
  const began = performance.now()
  await echoed(port, Buffer.from('hello'))
  expect(performance.now() - began).toBeGreaterThanOrEqual(2 * rttMs - 5)
})

test('a server that refuses ends the connection', async () => {
  const ports = await takePorts()
  closers.push(ports.release)
  const target = { host: '127.0.0.1', port: await ports.next() }
  const proxy = await startDelayProxy({ port: await ports.next(), target, rttMs: 5 })
  closers.push(proxy.close)
  expect(await echoed(proxy.port, Buffer.from('hello'))).toHaveLength(0)
})
