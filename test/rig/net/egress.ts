import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Where a connection really goes; null refuses it. */
export type Resolve = (host: string, port: number) => Promise<{ host: string; port: number } | null>

/**
 * The API server's way into its cluster's network: an HTTP CONNECT proxy on
 * a Unix socket, as kube-apiserver's egress selector speaks to. Pods of a
 * rig without a real network have made-up addresses; `resolve` says which
 * local server stands behind one. What it does not know is refused with 502.
 * Returns how to close it.
 */
export async function startEgress(
  socketPath: string,
  resolve: Resolve,
): Promise<() => Promise<void>> {
  const open = new Set<Duplex>()
  const track = (socket: Duplex): void => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  }
  const server = createServer((_request, response) => {
    response.writeHead(405).end()
  })
  server.on('connection', track)
  server.on('connect', (request, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy())
    void tunnel(request.url ?? '', client, head)
  })

  async function tunnel(authority: string, client: Duplex, head: Buffer): Promise<void> {
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(authority) ?? []
    const target = await resolve(host, Number(port)).catch(() => null)
    if (target === null) {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    const upstream: Socket = connect(target)
    track(upstream)
    let tunnelled = false
    upstream.on('error', () => {
      if (tunnelled) client.destroy()
      else client.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
    })
    upstream.once('connect', () => {
      tunnelled = true
      upstream.setNoDelay(true)
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (head.length > 0) upstream.write(head)
      client.pipe(upstream).pipe(client)
    })
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
  }

  await new Promise<void>((started, failed) => {
    server.once('error', failed)
    server.listen(socketPath, started)
  })
  return () =>
    new Promise((closed) => {
      for (const socket of open) socket.destroy()
      server.close(() => closed())
    })
}
