import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  createKubeClient,
  explainFailure,
  KubeStatusError,
  loadKubeconfig,
  type KubeClient,
} from './index.ts'
import { serviceProxyFetch } from './service-proxy.ts'

let folder = ''
let server: Server
let address = ''
let client: KubeClient | null = null
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: IncomingMessage[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-client-'))
  asked = []
  server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  vi.useRealTimers()
  await client?.close()
  client = null
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function clientAs(user: object, server = address): KubeClient {
  const path = join(folder, 'config')
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    }),
  )
  const [entry] = loadKubeconfig([path]).contexts
  if (!entry) throw new Error('no context')
  client = createKubeClient(entry)
  return client
}

const ok = (_request: IncomingMessage, response: ServerResponse): void =>
  void response.end('{"ok":1}')
const errorOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => null,
    (error: unknown) => error,
  )

test('paths are below the address of the server, which may have one of its own', async () => {
  answer = ok
  await clientAs({ token: 't' }, `${address}/k8s/clusters/c-1`).getJson('/api/v1/pods?limit=1')
  expect(asked[0]?.url).toBe('/k8s/clusters/c-1/api/v1/pods?limit=1')
})

const basic = Buffer.from('me:pw').toString('base64')
test.each<[string, object, string]>([
  ['a token', { token: 'abc' }, 'Bearer abc'],
  ['name and password', { username: 'me', password: 'pw' }, `Basic ${basic}`],
])('logs in by %s', async (_case, user, expected) => {
  answer = ok
  await clientAs(user).getJson('/version')
  expect(asked[0]?.headers.authorization).toBe(expected)
})

test('acts as the user that the kubeconfig impersonates', async () => {
  answer = ok
  await clientAs({ token: 't', as: 'auditor' }).getJson('/version')
  expect(asked[0]?.headers['impersonate-user']).toBe('auditor')
})

test('a token file that is not there is told, with the file', async () => {
  const error = await errorOf(clientAs({ tokenFile: 'gone' }).getJson('/version'))
  const failure = explainFailure(error, address)
  expect(failure.state).toBe('unauthorized')
  expect(failure.reason).toContain(join(folder, 'gone'))
})

test('an expired client certificate is told before anything is asked', async () => {
  answer = ok
  vi.useFakeTimers({ now: Date.parse('2200-01-01'), toFake: ['Date'] })
  const data = Buffer.from(certificate).toString('base64')
  const user = { 'client-certificate-data': data, 'client-key-data': data }
  const failure = explainFailure(await errorOf(clientAs(user).getJson('/version')), address)
  expect(failure.reason).toContain('client certificate of context a expired on 2126')
  expect(asked).toEqual([])
})

test("an answer that is no success is an error in the server's words", async () => {
  answer = (_request, response) =>
    response.writeHead(403).end(JSON.stringify({ message: 'pods is forbidden' }))
  const error = await errorOf(clientAs({ token: 't' }).getJson('/api/v1/pods'))
  expect(error).toBeInstanceOf(KubeStatusError)
  expect(error).toMatchObject({ status: 403, message: 'pods is forbidden' })
})

test.each<[number, string, string]>([
  [200, '<html>Log in</html>', 'no JSON'],
  [302, '', 'answered 302'],
  [502, '<html>Bad gateway</html>', 'answered 502'],
])('something else behind the address (%i) is no API server', async (status, body, reason) => {
  answer = (_request, response) => response.writeHead(status, { location: '/login' }).end(body)
  const error = await errorOf(clientAs({ token: 't' }).getJson('/version'))
  const failure = explainFailure(error, address)
  expect(failure.state).toBe('unreachable')
  expect(failure.reason).toContain(reason)
  expect(asked).toHaveLength(1)
})

test('nobody at the address is unreachable', async () => {
  await new Promise((resolve) => server.close(resolve))
  const error = await errorOf(clientAs({ token: 't' }).getJson('/version'))
  expect(explainFailure(error, address).reason).toBe(
    `${address}: refuses connections (ECONNREFUSED)`,
  )
})

test('a Service is reached below its proxy path, and redirects are not followed', async () => {
  answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()
  const fetch = serviceProxyFetch(clientAs({ token: 't' }), {
    namespace: 'istio-system',
    service: 'prometheus',
    port: 9090,
    scheme: 'https',
  })
  const response = await fetch('/api/v1/query?query=up', {
    method: 'GET',
    headers: { accept: 'application/json' },
    signal: new AbortController().signal,
  })
  expect(response.status).toBe(302)
  expect(response.headers.get('Location')).toBe('/elsewhere')
  for await (const _chunk of response.body) continue
  expect(asked.map(({ url }) => decodeURIComponent(url ?? ''))).toEqual([
    '/api/v1/namespaces/istio-system/services/https:prometheus:9090/proxy/api/v1/query?query=up',
  ])
})

// Valid for a century, which is over in the test that needs an expired one.
const certificate = `
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUMZVu3zzmaUf0OAPICZlNeW3PBewwCgYIKoZIzj0EAwIw
IjEOMAwGA1UECgwFSXN0aW8xEDAOBgNVBAMMB1Jvb3QgQ0EwIBcNMjYxMTIzMTMx
NzUzWhgPMjEyNjEwMzAxMzE3NTNaMCIxDjAMBgNVBAoMBUlzdGlvMRAwDgYDVQQD
DAdSb290IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3OLvlRJw+MfXsUYG
e1DmGZJ42bK75/S0KjS7jOB1bLDny3D4BgG0BqgDWZXv8fUjdZJqb7TzTwVYzIRa
508VzqNTMFEwHQYDVR0OBBYEFMfEQy7IP8chOWcGy6620eUZyjRcMB8GA1UdIwQY
MBaAFMfEQy7IP8chOWcGy6620eUZyjRcMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDSAAwRQIgIOCiqolVd1c9DW3PTpYULjMDQh/xb9JQALOBe31xiEUCIQD8
ShGAYFGh9Y+ld+ecKQ+cGQBbT/f0fIXrLnRrF9zQ5A==
-----END CERTIFICATE-----
`

test('an answer without end is given up before it takes all memory', async () => {
  const some = Buffer.alloc(1024 ** 2, ' ')
  answer = (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(some));
    }
    response.on('drain', more)
    more()
  }
  const error = await errorOf(clientAs({ token: 't' }).getJson('/api/v1/pods'))
  expect(error).toMatchObject({ status: 502, message: 'answered with more than 128 MiB' })
})
