import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { clusterStatus, createMemorySource } from './memory-source.ts'
import { startServer, type Server } from './server.ts'

let server: Server
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-server-'))
  const uiDir = join(folder, 'ui')
  mkdirSync(join(uiDir, 'assets'), { recursive: true })
  writeFileSync(join(uiDir, 'index.html'), '<title>pages</title>')
  writeFileSync(join(uiDir, 'assets', 'app-1a2b.js'), 'export {}')
  writeFileSync(join(folder, 'outside.txt'), 'private')
  symlinkSync(join(folder, 'outside.txt'), join(uiDir, 'link.txt'))
  server = await startServer({
    source: createMemorySource([clusterStatus('east')]),
    uiDir,
    logger: pino({ level: 'silent' }),
  })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const query = JSON.stringify({ query: '{ timeline { mode } }' })

/** Asks with headers as they are given: fetch would not let Host and Origin be set. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  const { port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      },
    )
    request.on('error', reject)
    request.end(options.body)
  })
}

const json = { 'content-type': 'application/json' }
const postGraphql = (headers: Record<string, string>, body = query) =>
  ask('/graphql', { method: 'POST', headers: { ...json, ...headers }, body })
const trade = (code: string, headers: Record<string, string> = {}) =>
  ask('/session', {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ code }),
  })

async function newToken(): Promise<string> {
  const { text } = await trade(server.issueCode())
  return (JSON.parse(text) as { token: string }).token
}

test('data needs a token, which a code gives once', async () => {
  expect((await postGraphql({})).status).toBe(401)
  expect((await postGraphql({ authorization: 'Bearer guess' })).status).toBe(401)
  const code = server.issueCode()
  const first = await trade(code)
  expect(first.status).toBe(200)
  expect(first.headers['cache-control']).toBe('no-store')
  expect(first.headers['set-cookie']).toBeUndefined()
  const { token } = JSON.parse(first.text) as { token: string }
  const answer = await postGraphql({ authorization: `Bearer ${token}` })
  expect(JSON.parse(answer.text)).toEqual({ data: { timeline: { mode: 'live' } } })
  expect((await trade(code)).status).toBe(401)
  expect((await postGraphql({ authorization: `Bearer ${token}` })).status).toBe(401)
})

test('a token in the query string or a cookie is no token', async () => {
  const token = await newToken()
  const tries = await Promise.all([
    ask(`/graphql?token=${token}&query={timeline{mode}}`),
    ask(`/graphql?access_token=${token}`, { method: 'POST', headers: json, body: query }),
    postGraphql({ cookie: `token=${token}` }),
  ])
  expect(tries.map(({ status }) => status)).toEqual([405, 401, 401])
})

test('other hosts and other origins are refused, with a token too, for every path', async () => {
  const token = await newToken()
  const { host, origin } = new URL(server.url)
  const port = host.split(':')[1]
  const authorization = `Bearer ${token}`
  expect((await postGraphql({ authorization, origin })).status).toBe(200)
  for (const wrong of [
    { host: `localhost:${port}` },
    { host: `evil.example:${port}` },
    { host: '127.0.0.1' },
    { host: `127.0.0.1:${port}.evil.example` },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `https://${host}` },
    { origin: `http://localhost:${port}` },
    { origin: `${origin}0` },
  ]) {
    const label = JSON.stringify(wrong)
    expect((await postGraphql({ authorization, ...wrong })).status, label).toBe(403)
    expect((await trade(server.issueCode(), wrong)).status, label).toBe(403)
    expect((await ask('/', { headers: wrong })).status, label).toBe(403)
  }
  expect((await ask('/', {})).headers['access-control-allow-origin']).toBeUndefined()
})

test('a code is traded by a JSON post only, and never a large one', async () => {
  const code = server.issueCode()
  const body = JSON.stringify({ code })
  const form = { 'content-type': 'text/plain' }
  expect((await ask('/session', { method: 'POST', headers: form, body })).status).toBe(415)
  expect((await ask(`/session?code=${code}`)).status).toBe(405)
  const large = JSON.stringify({ code, pad: 'x'.repeat(5000) })
  expect((await ask('/session', { method: 'POST', headers: json, body: large })).status).toBe(413)
  expect((await ask('/session', { method: 'POST', headers: json, body: '{' })).status).toBe(401)
  expect((await trade(code)).status).toBe(200)
})

test('pages are public, carry the policy, and nothing outside their folder is served', async () => {
  const page = await ask('/map?cluster=east')
  expect(page.status).toBe(200)
  expect(page.text).toContain('pages')
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self';/)
  expect(page.headers['content-security-policy']).not.toContain('unsafe')
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  expect((await ask('/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable')
  for (const path of [
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%5c..%5coutside.txt',
    '/link.txt',
    '/assets/no.js',
    '/%00.txt',
    '/%zz.txt',
  ]) {
    const { status, text } = await ask(path)
    expect(text, path).not.toContain('private')
    expect(status, path).toBe(404)
  }
  expect((await ask('/', { method: 'PUT' })).status).toBe(405)
})

test('too large an operation is refused', async () => {
  const authorization = `Bearer ${await newToken()}`
  const { status } = await postGraphql({ authorization }, `{"query":"${' '.repeat(300_000)}"}`)
  expect(status).toBe(413)
})

interface Spoken {
  /** What the server said, or how it closed. */
  readonly messages: { type: string; payload?: unknown }[]
  readonly closed: Promise<number>
  readonly socket: WebSocket
}

function open(options: { origin?: string; headers?: Record<string, string> } = {}): Spoken {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}graphql`,
    'graphql-transport-ws',
    {
      ...options,
    },
  )
  const messages: { type: string; payload?: unknown }[] = []
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8'))))
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve)
    socket.on('error', () => resolve(-1))
  })
  return { messages, closed, socket }
}

const opened = ({ socket }: Spoken) => new Promise<void>((resolve) => socket.on('open', resolve))
const subscribe = JSON.stringify({
  type: 'subscribe',
  id: '1',
  payload: { query: 'subscription { fleetChanged { reset upsertedClusters { name state } } }' },
})

test(
  'a socket without connection_init, or with a wrong token, gets nothing and is closed',
  { timeout: 20_000 },
  async () => {
    const rash = open()
    await opened(rash)
    rash.socket.send(subscribe)
    expect(await rash.closed).toBe(4401)
    const silent = open()
    expect(await silent.closed).toBe(4408)
    for (const payload of [undefined, {}, { token: 'guess' }, { token: 1 }]) {
      const wrong = open()
      await opened(wrong)
      wrong.socket.send(JSON.stringify({ type: 'connection_init', payload }))
      expect(await wrong.closed).toBe(4403)
      expect(wrong.messages).toEqual([])
    }
    expect([...rash.messages, ...silent.messages]).toEqual([])
  },
)

test('a socket of another origin or host is not even opened', async () => {
  expect(await open({ origin: 'http://evil.example' }).closed).toBe(-1)
  expect(await open({ headers: { host: 'evil.example' } }).closed).toBe(-1)
})

test('a socket with a token subscribes, and the first event is the whole state', async () => {
  const spoken = open({ origin: new URL(server.url).origin })
  await opened(spoken)
  const token = await newToken()
  spoken.socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }))
  const next = new Promise<void>((resolve) => {
    spoken.socket.on('message', () => {
      if (spoken.messages.at(-1)?.type === 'connection_ack') spoken.socket.send(subscribe)
      else resolve()
    })
  })
  await next
  expect(spoken.messages.at(-1)?.payload).toEqual({
    data: { fleetChanged: { reset: true, upsertedClusters: [{ name: 'east', state: 'ready' }] } },
  })
  spoken.socket.close()
  await spoken.closed
})

test('a token that is taken back ends the streams it has open', async () => {
  const code = server.issueCode()
  const { token } = JSON.parse((await trade(code)).text) as { token: string }
  const { host } = new URL(server.url)
  const socket = new WebSocket(`ws://${host}/graphql`, 'graphql-transport-ws')
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const acknowledged = new Promise((resolve) => socket.once('message', resolve))
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token } })),
  )
  await acknowledged
  const stream = await fetch(`${server.url}graphql`, {
    method: 'POST',
    headers: { ...json, accept: 'text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: 'subscription { fleetChanged { revision } }' }),
  })
  expect(stream.status).toBe(200)
  const ended = expect(stream.text()).rejects.toThrow()
  await trade(code)
  expect(await closed).toBe(4403)
  await ended
})

test('a client that goes away in the middle is no error', async () => {
  const lines: string[] = []
  const other = await startServer({
    source: createMemorySource([]),
    uiDir: join(folder, 'ui'),
    logger: pino({ level: 'error' }, { write: (line) => lines.push(line) }),
  })
  const { host, hostname, port } = new URL(other.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const head = ['POST /session HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json']
  socket.write([...head, 'Content-Length: 100', 'Expect: 100-continue', '', ''].join('\r\n'))
  await new Promise((resolve) => socket.once('data', resolve))
  socket.resetAndDestroy()
  // By then the server has noticed.
  for (let turn = 0; turn < 5; turn++) await (await fetch(other.url)).text()
  await other.close()
  expect(lines).toEqual([])
})
