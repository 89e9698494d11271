import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { createClient, type Client } from 'graphql-ws'
import type { ConnectionEvent } from '../view/index.ts'

declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all'
      }
      interface Query {
        errorPolicy: 'all'
      }
    }
  }
}

/** Close codes by which the backend says that the bearer is not (or no longer) accepted. */
const refusedCloseCodes: ReadonlySet<number> = new Set([4400, 4401, 4403])
const longestWaitMs = 5_000
const pingMs = 10_000

/** What the client is told and tells. */
export interface ClientOptions {
  readonly origin: string
  /** The bearer now; asked anew for each request and each connection. */
  readonly token: () => string
  readonly onConnection: (event: ConnectionEvent) => void
}

/** An Apollo Client over HTTP for queries and WebSocket for subscriptions, and how to end its socket. */
export interface Api {
  readonly client: ApolloClient
  readonly dispose: () => void
}

/**
 * Makes the page's one client. Subscriptions reconnect by themselves for as
 * long as the page is open; each then starts with a whole state.
 */
export function createApi(options: ClientOptions): Api {
  const socket = createSocket(options)
  const bearer = new SetContextLink(() => ({
    headers: { authorization: `Bearer ${options.token()}` },
  }))
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      bearer.concat(new HttpLink({ uri: new URL('/graphql', options.origin).href })),
    ),
    cache: new InMemoryCache({
      possibleTypes: { Node: ['Cluster', 'Mesh', 'Workload', 'Service'] },
    }),
    defaultOptions: {
      watchQuery: { errorPolicy: 'all' },
      query: { errorPolicy: 'all' },
    },
  })
  return { client, dispose: () => void socket.dispose() }
}

/** Waits longer after each failed try, at most five seconds, never in step with other tabs. */
export function retryWaitMs(retries: number, random: number): number {
  return Math.min(longestWaitMs, 250 * 2 ** Math.min(retries, 10)) * (0.75 + 0.5 * random)
}

function createSocket({ origin, token, onConnection }: ClientOptions): Client {
  const url = new URL('/graphql', origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  let live: WebSocket | undefined
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  return createClient({
    url: url.href,
    connectionParams: () => ({ token: token() }),
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, retryWaitMs(retries, Math.random()))),
    shouldRetry: (problem) => !isRefusal(problem),
    keepAlive: pingMs,
    on: {
      connecting: () => onConnection('connecting'),
      opened: (opened) => {
        live = opened instanceof WebSocket ? opened : undefined
      },
      connected: () => onConnection('connected'),
      ping: (received) => {
        // A dead peer does not close the socket: without an answer we do.
        if (!received) pongTimer = setTimeout(() => live?.close(4408, 'No answer'), pingMs / 2)
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer)
      },
      closed: (problem) => {
        clearTimeout(pongTimer)
        if (problem instanceof CloseEvent && problem.code === 1000) return
        onConnection(isRefusal(problem) ? 'refused' : 'lost')
      },
    },
  })
}

function isRefusal(problem: unknown): boolean {
  return problem instanceof CloseEvent && refusedCloseCodes.has(problem.code)
}
