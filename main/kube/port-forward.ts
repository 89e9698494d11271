import { createServer, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { kubeConfigOf } from './access.ts'
import { CredentialError } from './errors.ts'
import type { ContextEntry } from './kubeconfig.ts'

/** A local port that leads to a port of one Pod, for as long as it is open. */
export interface PodForward {
  /** On 127.0.0.1, chosen by the system. */
  readonly localPort: number
  close(): Promise<void>
}

/** A port of a Pod. */
export interface PodPort {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/**
 * Forwards a free loopback port to a Pod (right needed: create on
 * pods/portforward). Every local connection gets a stream of its own; a
 * failure ends that connection and is told to `onError`, in words.
 */
export async function forwardToPod(
  entry: ContextEntry,
  pod: PodPort,
  { allowExec = false, onError }: { allowExec?: boolean; onError?: (reason: string) => void } = {},
): Promise<PodForward> {
  if (entry.exec && !allowExec) {
    throw new CredentialError(
      `context ${entry.name} needs the program ${entry.exec.command} to log in, which was not allowed to run`,
      'Allow the programs of your kubeconfig for one run with --allow-exec.',
    )
  }
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // From the start: who gives up while the pod is dialled must not end the process.
    socket.on('error', () => socket.destroy())
    socket.pause()
    const fail = (reason: string): void => {
      onError?.(`port-forward to ${pod.namespace}/${pod.name}:${pod.port}: ${reason}`)
      socket.destroy()
    }
    dial(entry, pod).then(
      (webSocket) => join(socket, webSocket, fail),
      (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no local port')
  return {
    localPort: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

async function dial(entry: ContextEntry, { namespace, name, port }: PodPort): Promise<WebSocket> {
  const kubeConfig = await kubeConfigOf(entry)
  const options: WebSocket.ClientOptions = {}
  await kubeConfig.applyToHTTPSOptions(options)
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`
  const address = `${(entry.server ?? '').replace(/^http/, 'ws')}${path}`
  return await new Promise((resolve, reject) => {
    const webSocket = new WebSocket(address, ['v4.channel.k8s.io'], {
      ...options,
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    })
    webSocket.once('open', () => {
      webSocket.off('error', reject)
      // Nothing may be lost before someone listens.
      webSocket.pause()
      resolve(webSocket)
    })
    webSocket.once('error', reject)
  })
}

const dataChannel = 0
const mostBuffered = 1 << 20

/**
 * The channel protocol: each message starts with its channel (0 data, 1
 * error), and the first message of each channel repeats the port.
 */
function join(socket: Socket, webSocket: WebSocket, fail: (reason: string) => void): void {
  const opened = new Set<number>()
  webSocket.on('message', (data: Buffer) => {
    const channel = data[0] ?? dataChannel
    if (!opened.has(channel)) {
      opened.add(channel)
      return
    }
    if (channel !== dataChannel) return fail(data.subarray(1).toString('utf8').trim())
    if (!socket.write(data.subarray(1))) {
      webSocket.pause()
      socket.once('drain', () => webSocket.resume())
    }
  })
  webSocket.on('error', (error) => fail(error.message))
  if (socket.destroyed) return webSocket.terminate()
  webSocket.on('close', () => socket.end())
  socket.on('data', (chunk: Buffer) => {
    webSocket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), () => socket.resume())
    if (webSocket.bufferedAmount > mostBuffered) socket.pause()
  })
  // The protocol cannot close one direction: the answer is awaited, the pod closes.
  socket.on('close', () => webSocket.close())
  webSocket.resume()
  socket.resume()
}
