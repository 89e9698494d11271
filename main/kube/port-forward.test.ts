import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { forwardToPod, loadKubeconfig, type ContextEntry, type PodForward } from './index.ts'

const pod = { namespace: 'istio-system', name: 'prometheus-0', port: 9090 }

let folder = ''
let server: Server
let forward: PodForward | null = null

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-forward-'))
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await forward?.close()
  forward = null
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function entry(): ContextEntry {
  const path = join(folder, 'config')
  const { port } = server.address() as AddressInfo
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: { token: 'x' } }],
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    }),
  )
  const [found] = loadKubeconfig([path]).contexts
  if (!found) throw new Error('no context')
  return found
}

/** Connects to the forward, and the API server sees the request for it. */
async function dialling() {
  const upgrade = Promise.withResolvers<() => void>()
  const sockets = new WebSocketServer({ noServer: true })
  const closed = Promise.withResolvers<void>()
  server.on('upgrade', (request, stream: Duplex, head) => {
    stream.on('error', () => stream.destroy())
    upgrade.resolve(() =>
      sockets.handleUpgrade(request, stream, head, (socket) => {
        socket.on('close', () => closed.resolve())
      }),
    )
  })
  forward = await forwardToPod(entry(), pod)
  const socket = connect(forward.localPort, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\n\r\n')
  return { socket, accept: await upgrade.promise, closed: closed.promise }
}

/** Gives up as a query does whose time is over, and waits until the forward has noticed. */
async function giveUp(socket: Socket): Promise<void> {
  const gone = new Promise((resolve) => socket.on('close', resolve))
  socket.resetAndDestroy()
  await gone
  await setTimeout(50)
}

test('who gives up while the pod is dialled does not end the process', async () => {
  const { socket } = await dialling()
  await giveUp(socket)
  const next = connect(forward?.localPort ?? 0, '127.0.0.1')
  await new Promise((resolve) => next.on('connect', resolve))
  next.destroy()
})

test('a connection to a pod that nobody waits for any more is closed', async () => {
  const { socket, accept, closed } = await dialling()
  await giveUp(socket)
  accept()
  await closed
})
