import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEgress } from './egress.ts'

const folder = mkdtempSync(join(tmpdir(), 'smm-egress-'))
const socketPath = join(folder, 'egress.sock')
const server = createServer((_request, response) => response.end('from the pod'))
let close: () => Promise<void>

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  close = await startEgress(socketPath, async (host, wanted) => {
    if (host === 'broken') throw new Error('no answer')
    return host === '10.128.0.9' && wanted === 9090 ? { host: '127.0.0.1', port } : null
  })
})
afterAll(async () => {
  await close()
  server.close()
  rmSync(folder, { recursive: true })
})

async function connectTo(path: string): Promise<{ status: number | undefined; socket: Socket }> {
  const connecting = request({ socketPath, method: 'CONNECT', path, agent: false })
  connecting.end()
  const [response, socket] = (await once(connecting, 'connect')) as [IncomingMessage, Socket]
  return { status: response.statusCode, socket }
}

test('a known address leads to its local server', async () => {
  const { status, socket } = await connectTo('10.128.0.9:9090')
  expect(status).toBe(200)
  socket.write('GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  expect(Buffer.concat(chunks).toString()).toContain('from the pod')
})

test.each(['10.128.0.9:9091', '10.128.0.8:9090', '127.0.0.1:22', 'broken:9090', 'nonsense'])(
  '%s is refused',
  async (address) => {
    const { status, socket } = await connectTo(address)
    expect(status).toBe(502)
    socket.destroy()
  },
)
