import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Plugin } from 'graphql-yoga'
import type { FleetSource } from '../fleet/index.ts'
import type { Logger } from '../state/index.ts'
import { createAccess, type Access } from './access.ts'
import { createAssets } from './assets.ts'
import type { Context } from './context.ts'
import { createEngine } from './engine.ts'
import { securityHeaders } from './headers.ts'
import { createOperations, type Operations } from './operations.ts'
import { createSchema } from './schema.ts'

/** What a server is started with. */
export interface ServerOptions {
  /** Where data comes from; the caller closes it after the server. */
  readonly source: FleetSource
  /** Folder of the built pages. */
  readonly uiDir: string
  readonly logger: Logger
  /** 0 (the default) for any free port. */
  readonly port?: number
  /** Answers questions about the schema; for development only. */
  readonly introspection?: boolean
  /** For tests: how often live telemetry is asked. */
  readonly refreshMs?: number
}

/** A running server. */
export interface Server {
  /** Its origin with a trailing slash; holds no secret. */
  readonly url: string
  /** A code that a page trades once, within a minute, for its token. */
  issueCode(): string
  /** Ends all connections, and settles when the port is free. */
  close(): Promise<void>
}

const mostSessionBytes = 1024
const mostOperationBytes = 256 * 1024

/**
 * Serves pages and GraphQL on one loopback origin. Pages are public and hold
 * no data; data needs a bearer token. Rejects when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  // Loaded here: commands that start no server are done sooner without them.
  const [{ createYoga }, { attachSockets }] = await Promise.all([
    import('graphql-yoga'),
    import('./sockets.ts'),
  ])
  const { logger } = options
  const refreshMs = options.refreshMs
  const engine = createEngine(options.source, { logger, ...(refreshMs ? { refreshMs } : {}) })
  const operations = createOperations({ logger, introspection: options.introspection ?? false })
  const schema = createSchema()
  const access = createAccess()
  const assets = createAssets(options.uiDir)
  /** Answers under way, which may be streams, by their token. */
  const open = new Map<ServerResponse, string>()
  access.onTakenBack(() => {
    for (const [response, token] of open) if (!access.admits(token)) response.destroy()
  })
  const context: Context = { engine }
  const yoga = createYoga<object, Context>({
    schema,
    context,
    plugins: [stepsOf(operations)],
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    maskedErrors: false,
    maxRequestBodySize: mostOperationBytes,
    logging: false,
  })

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A page that is left in the middle of an answer is no failure.
      if (request.socket.destroyed) return
      logger.error({ err: error }, 'a request failed')
      if (response.headersSent) response.destroy()
      else refuse(response, 500)
    })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const authority = `127.0.0.1:${address.port}`
  const origin = `http://${authority}`
  const headers = securityHeaders(authority)

  /** Names of other hosts lead here when a page rebinds its own; pages of other origins may call from anywhere. */
  function comesFromHere({ headers }: IncomingMessage): boolean {
    return headers.host === authority && (headers.origin ?? origin) === origin
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (!comesFromHere(request)) return refuse(response, 403)
    const path = request.url?.split('?', 1)[0]
    if (path === '/graphql') {
      if (request.method !== 'POST') return refuse(response, 405)
      const token = bearer(request)
      if (!access.admits(token)) return refuse(response, 401)
      open.set(response, token)
      response.once('close', () => open.delete(response))
      response.setHeader('cache-control', 'no-store')
      await yoga(request, response)
      return
    }
    if (path === '/session') {
      if (request.method !== 'POST') return refuse(response, 405)
      return startSession(access, request, response)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405)
    return assets(request, response)
  }

  const sockets = attachSockets({ http, access, operations, schema, context, comesFromHere })

  return {
    url: `${origin}/`,
    issueCode: () => access.issueCode(),
    async close() {
      await sockets.close()
      engine.close()
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeAllConnections()
      await closed
      await yoga.dispose()
    },
  }
}

/** Trades the code in `{"code": …}` for a token. */
async function startSession(access: Access, request: IncomingMessage, response: ServerResponse) {
  if (request.headers['content-type']?.split(';', 1)[0]?.trim() !== 'application/json') {
    return refuse(response, 415)
  }
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk)
    if (body.length > mostSessionBytes) return refuse(response, 413)
  }
  const token = access.trade(codeIn(body))
  if (token === null) return refuse(response, 401)
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ token }))
}

function codeIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed)
      return String(parsed.code)
  } catch {
    // Not JSON: no code, which is refused like a wrong one.
  }
  return ''
}

function bearer({ headers }: IncomingMessage): string {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

const reasons: Readonly<Record<number, string>> = {
  401: 'A token or a fresh code is needed.',
  403: 'This server answers its own origin only.',
  405: 'This method is not answered here.',
  413: 'The request is too large.',
  415: 'Send application/json.',
  500: 'Something failed inside; the log says what.',
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(`${reasons[status] ?? 'Refused.'}\n`)
}

/** Makes Yoga run every operation through our own steps. */
function stepsOf(operations: Operations): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn(operations.parse),
    onValidate: ({ setValidationFn }) => setValidationFn(operations.validate),
    onExecute: ({ setExecuteFn }) => setExecuteFn(operations.execute),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(operations.subscribe),
  }
}
