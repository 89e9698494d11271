import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createKubeClient,
  loadKubeconfig,
  resources,
  startReflector,
  type KubeClient,
  type Reflector,
} from './index.ts'

interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly response: ServerResponse
}

let folder = ''
let server: Server
let client: KubeClient
let reflector: Reflector | null = null
let answer: (asked: Asked) => void
let asked: Asked[] = []
let onChange: () => void = () => undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-reflector-'))
  asked = []
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://server')
    const one = { path: url.pathname, query: url.searchParams, response }
    asked.push(one)
    answer(one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const path = join(folder, 'config')
  writeFileSync(
    path,
    `clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: a, context: {cluster: c, user: u}}]`,
  )
  const [entry] = loadKubeconfig([path]).contexts
  if (!entry) throw new Error('no context')
  client = createKubeClient(entry)
})
afterEach(async () => {
  reflector?.stop()
  reflector = null
  await client.close()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(fallbackNamespace: string | null = null): Reflector {
  const resource = resources.find(({ kind }) => kind === 'Service')
  if (!resource) throw new Error('no resource')
  reflector = startReflector({
    client,
    resource,
    version: 'v1',
    namespace: null,
    fallbackNamespace,
    onChange: () => onChange(),
    reachable: () => Promise.resolve(),
    onConnectionFailure: () => undefined,
  })
  return reflector
}

async function until(holds: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    onChange = () => {
      if (holds()) resolve()
    }
    onChange()
  })
}

const service = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: 'shop', uid: name, resourceVersion },
})
const names = (): string[] =>
  (reflector?.objects() ?? []).map(({ metadata }) => metadata.name).sort()

function send({ response }: Asked, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(one: Asked, code: number, message: string): void {
  send(one, code, { kind: 'Status', status: 'Failure', code, message })
}

/** Writes events in pieces that do not care for line ends, as a network does. */
function stream({ response }: Asked, events: readonly unknown[]): void {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
  response.writeHead(200)
  const middle = Math.floor(text.length / 3)
  response.write(text.slice(0, middle))
  setImmediate(() => response.write(text.slice(middle)))
}

/** An API server that knows no watch-list: it wants list and watch apart. */
const oldServer =
  (pages: (token: string) => [status: number, body: unknown], events: readonly unknown[]) =>
  (one: Asked): void => {
    if (one.query.has('sendInitialEvents')) refuse(one, 422, 'sendInitialEvents is forbidden')
    else if (one.query.has('watch')) stream(one, events)
    else send(one, ...pages(one.query.get('continue') ?? ''))
  }

test('an API server without watch-list is read in pages, then watched from there', async () => {
  const pages: Record<string, unknown> = {
    '': { items: [service('a', '1'), service('b', '2')], metadata: { continue: 'p2' } },
    p2: { items: [service('c', '3')], metadata: { resourceVersion: '30' } },
  }
  answer = oldServer(
    (token) => [200, pages[token]],
    [
      { type: 'DELETED', object: service('b', '31') },
      { type: 'ADDED', object: service('d', '32') },
    ],
  )
  const { status } = start()
  await until(() => names().join() === 'a,c,d')
  expect(status()).toEqual({ state: 'synced' })
  const watch = asked.find(({ query }) => query.has('watch') && !query.has('sendInitialEvents'))
  expect(watch?.query.get('resourceVersion')).toBe('30')
  expect(watch?.query.get('allowWatchBookmarks')).toBe('true')
})

test('a list that grows too old between two pages begins again, with nothing of it kept', async () => {
  let attempts = 0
  answer = oldServer((token) => {
    if (token === 'p2') return [410, { message: 'continue token is too old' }]
    attempts++
    return attempts === 1
      ? [200, { items: [service('vanished', '1')], metadata: { continue: 'p2' } }]
      : [200, { items: [service('a', '9')], metadata: { resourceVersion: '40' } }]
  }, [])
  start()
  await until(() => names().length > 0)
  expect(names()).toEqual(['a'])
})

test('a watch-list is complete at its bookmark, and goes on after an interruption', async () => {
  const end = {
    type: 'BOOKMARK',
    object: {
      metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } },
    },
  }
  answer = (one) => {
    if (one.query.has('sendInitialEvents')) {
      stream(one, [{ type: 'ADDED', object: service('a', '1') }, end])
      setTimeout(() => one.response.destroy(), 20)
    } else stream(one, [{ type: 'ADDED', object: service('b', '6') }])
  }
  start()
  await until(() => names().join() === 'a,b')
  const again = asked.filter(({ query }) => !query.has('sendInitialEvents'))
  expect(again[0]?.query.get('resourceVersion')).toBe('5')
})

test('what is forbidden everywhere is read in the one namespace of the context', async () => {
  answer = (one) => {
    if (one.path !== '/api/v1/namespaces/shop/services') refuse(one, 403, 'services is forbidden')
    else
      oldServer(
        () => [200, { items: [service('a', '1')], metadata: { resourceVersion: '2' } }],
        [],
      )(one)
  }
  const { restrictedTo } = start('shop')
  await until(() => names().length === 1)
  expect(restrictedTo()).toBe('shop')
})

test('what is forbidden altogether says so, and is not asked again and again', async () => {
  answer = (one) => refuse(one, 403, 'services is forbidden')
  const { status, restrictedTo } = start('shop')
  await until(() => status().state === 'unreadable')
  expect(status()).toEqual({ state: 'unreadable', reason: 'forbidden', why: 'forbidden' })
  expect(restrictedTo()).toBeNull()
  expect(asked).toHaveLength(2)
})

test("a server's failure is told in its words and recovered from", async () => {
  let failing = true
  answer = (one) => {
    if (failing) refuse(one, 500, 'etcdserver: request timed out')
    else oldServer(() => [200, { items: [], metadata: { resourceVersion: '2' } }], [])(one)
  }
  const { status } = start()
  await until(() => status().state === 'unreadable')
  expect(status()).toMatchObject({ reason: 'etcdserver: request timed out', why: 'failing' })
  failing = false
  await until(() => status().state === 'synced')
})

test('an event without end is given up before it takes all memory', async () => {
  const some = Buffer.alloc(1024 ** 2, ' ')
  answer = ({ response }) => {
    const more = (): void => {
      while (!response.destroyed && response.write(some));
    }
    response.on('drain', more)
    more()
  }
  const failing = new Promise<void>((resolve) => {
    onChange = () => {
      if (reflector?.status().state === 'unreadable') resolve()
    }
  })
  const { status } = start()
  await failing
  expect(status()).toMatchObject({ reason: 'sends an event without end', why: 'failing' })
})
