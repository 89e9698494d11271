import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createPrometheusFleet } from './prometheus-fleet.ts'
import type { FleetSource } from './source.ts'

const servers: Server[] = []
let fleet: FleetSource | null = null
afterEach(async () => {
  await fleet?.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A Prometheus without series; what is tested is how it is reached. */
function prometheus(seen: IncomingMessage[] = []) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(request)
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const now = Date.now() / 1000
      const data = `${request.url ?? ''}${body}`.includes('time%28%29')
        ? { resultType: 'scalar', result: [now, String(now)] }
        : { resultType: 'vector', result: [] }
      response.end(JSON.stringify({ status: 'success', data }))
    })
  }
}

const question = () =>
  ({ name: 'edges', atMs: Date.now(), windowSeconds: 60, identity: 'full' }) as const

test('a Prometheus with a context is a cluster of that name, one without is known by its series alone', async () => {
  fleet = createPrometheusFleet([
    { context: 'east', url: await serve(prometheus()) },
    { context: null, url: await serve(prometheus()) },
  ])
  const answers = await fleet.ask(question())
  expect(answers.map(({ clusters, ok }) => [clusters, ok])).toEqual([
    [['east'], true],
    [[], true],
  ])
  const { clusters } = fleet.snapshot()
  expect(clusters.map(({ status }) => status.name)).toEqual(['east'])
  expect(await fleet.ask(question(), { clusters: ['west'] })).toHaveLength(1)
})

test('a path in the address is kept', async () => {
  const seen: IncomingMessage[] = []
  fleet = createPrometheusFleet([
    { context: null, url: `${await serve(prometheus(seen))}/prometheus/` },
  ])
  await fleet.ask(question())
  expect(seen.every(({ url }) => url?.startsWith('/prometheus/api/v1/query'))).toBe(true)
})

test('credentials of the address are used, and shown nowhere', async () => {
  const seen: IncomingMessage[] = []
  const address = (await serve(prometheus(seen))).replace('//', '//me:s3cr%40t@')
  fleet = createPrometheusFleet([{ context: 'east', url: address }])
  const answers = await fleet.ask(question())
  const expected = `Basic ${Buffer.from('me:s3cr@t').toString('base64')}`
  expect(seen[0]?.headers.authorization).toBe(expected)
  expect(JSON.stringify([answers, fleet.snapshot()])).not.toMatch(/s3cr/)
})

test('a redirect is not followed, so credentials stay where they belong', async () => {
  const elsewhere: IncomingMessage[] = []
  const other = await serve(prometheus(elsewhere))
  const address = await serve((_request, response) => {
    response.writeHead(302, { location: `${other}/api/v1/query` }).end()
  })
  fleet = createPrometheusFleet([{ context: 'east', url: address.replace('//', '//me:secret@') }])
  expect(await fleet.ask(question())).toMatchObject([{ ok: false }])
  expect(elsewhere).toEqual([])
})

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ['HTML', (_request, response) => response.end('<html>Log in</html>')],
  ['a refusal', (_request, response) => response.writeHead(401).end()],
  ['half an answer', (_request, response) => response.end('{"status":"success","data":{"resu')],
  ['a broken connection', (request) => request.socket.destroy()],
])(
  'one that answers with %s fails with a reason, and the other does not',
  async (_case, answer) => {
    fleet = createPrometheusFleet([
      { context: 'bad', url: await serve(answer) },
      { context: 'good', url: await serve(prometheus()) },
    ])
    const [bad, good] = await fleet.ask(question())
    expect(good).toMatchObject({ ok: true })
    expect(bad).toMatchObject({ ok: false, clusters: ['bad'] })
    expect(bad && !bad.ok && bad.reason).toMatch(/^http:\/\/127\.0\.0\.1:\d+: ./)
  },
)

test('only an aborted signal rejects, and there is no seeking', async () => {
  fleet = createPrometheusFleet([{ context: null, url: await serve(prometheus()) }])
  await expect(fleet.ask(question(), { signal: AbortSignal.abort() })).rejects.toThrow()
  await expect(fleet.seek(0)).rejects.toThrow(/live/)
})

test('a password may hold a per cent sign that encodes nothing', async () => {
  const seen: IncomingMessage[] = []
  const url = await serve(prometheus(seen))
  fleet = createPrometheusFleet([
    { context: 'east', url: url.replace('http://', 'http://me:100%25%zz@') },
    { context: 'west', url: url.replace('http://', 'http://me:100%25@') },
  ])
  await fleet.ask(question())
  const sent = seen.map(({ headers }) =>
    Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString(),
  )
  expect(new Set(sent)).toEqual(new Set(['me:100%25%zz', 'me:100%']))
})

test('one without a context has no cluster to show its failure at: it is a problem of the fleet', async () => {
  const url = await serve((_request, response) => response.writeHead(401).end())
  fleet = createPrometheusFleet([
    { context: null, url: url.replace('//', '//me:s3cret@') },
    { context: null, url: await serve(prometheus()) },
  ])
  await fleet.ask(question())
  const [problem, ...others] = fleet.snapshot().problems ?? []
  expect(others).toEqual([])
  expect(problem?.file).toBe(url)
  expect(problem?.reason).toMatch(/401/)
})
