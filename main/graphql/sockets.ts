import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GraphQLSchema } from 'graphql'
import { CloseCode } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Access } from './access.ts'
import type { Context } from './context.ts'
import type { Operations } from './operations.ts'

const mostMessageBytes = 256 * 1024
const mostSockets = 64
/** Time to send `connection_init` with a token before the socket is closed. */
const initWaitMs = 5000

/** Serves GraphQL over WebSocket at /graphql; `connection_init` must carry `{token}`. */
export function attachSockets(options: {
  readonly http: HttpServer
  readonly access: Access
  readonly operations: Operations
  readonly schema: GraphQLSchema
  readonly context: Context
  readonly comesFromHere: (request: IncomingMessage) => boolean
}): { close(): Promise<void> } {
  const { http, access, operations, schema } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: mostMessageBytes })

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const allowed =
      request.url === '/graphql' &&
      options.comesFromHere(request) &&
      sockets.clients.size < mostSockets
    if (!allowed) {
      // Nobody else listens: a reset of a refused connection must not end the process.
      stream.on('error', () => stream.destroy())
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit('connection', socket, request)
    })
  })

  const tokens = new WeakMap<WebSocket, string>()
  access.onTakenBack(() => {
    for (const socket of sockets.clients) {
      const token = tokens.get(socket)
      if (token !== undefined && !access.admits(token)) socket.close(CloseCode.Forbidden)
    }
  })

  const server = useServer(
    {
      schema,
      context: () => options.context,
      connectionInitWaitTimeout: initWaitMs,
      onConnect: ({ connectionParams, extra }) => {
        const token = connectionParams?.['token']
        if (typeof token !== 'string' || !access.admits(token)) return false
        tokens.set(extra.socket, token)
        return true
      },
      parse: operations.parse,
      validate: operations.validate,
      execute: operations.execute,
      subscribe: operations.subscribe,
    },
    sockets,
  )

  return {
    async close() {
      await server.dispose()
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}
