import { createServer, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { PortForward } from '@kubernetes/client-node'
import { CredentialError } from './errors.ts'
import type { ContextEntry } from './kubeconfig.ts'

/** A local port that leads to a port of one Pod, for as long as it is open. */
export interface PodForward {
  /** On 127.0.0.1, chosen by the system. */
  readonly localPort: number
  close(): Promise<void>
}

/**
 * Forwards a free loopback port to a Pod (right needed: create on
 * pods/portforward). Every local connection gets a stream of its own; a
 * failure within the cluster ends that connection and is told to `onError`.
 */
export async function forwardToPod(
  entry: ContextEntry,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
  { allowExec = false, onError }: { allowExec?: boolean; onError?: (reason: string) => void } = {},
): Promise<PodForward> {
  const { kubeConfig } = entry
  if (!kubeConfig) throw new Error(`context ${entry.name} cannot be used: ${entry.error ?? ''}`)
  if (entry.exec && !allowExec) {
    throw new CredentialError(
      `context ${entry.name} needs the program ${entry.exec.command} to log in, which was not allowed to run`,
      `Allow it with: smm contexts trust-exec ${entry.name}`,
    )
  }
  const forward = new PortForward(kubeConfig)
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    const fail = (reason: string): void => {
      onError?.(`port-forward to ${pod.namespace}/${pod.name}:${pod.port}: ${reason}`)
      socket.destroy()
    }
    const errors = new PassThrough()
    errors.on('data', (chunk: Buffer) => fail(chunk.toString('utf8').trim()))
    socket.on('error', () => socket.destroy())
    const open = async (): Promise<void> => {
      const { namespace, name, port } = pod
      const opened = await forward.portForward(namespace, name, [port], socket, errors, socket)
      const webSocket = typeof opened === 'function' ? opened() : opened
      webSocket?.on('close', () => socket.end())
      webSocket?.on('error', (error: Error) => fail(error.message))
      socket.on('close', () => {
        sockets.delete(socket)
        webSocket?.close()
      })
    }
    open().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
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
