import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createPromClient } from './client.ts'
import { PrometheusError } from './error.ts'
import type { PromRequest, PromResponse, PromTransport } from './transport.ts'

const edges = {
  name: 'edges',
  atMs: 1_700_000_000_000,
  windowSeconds: 60,
  identity: 'lean',
} as const

interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
}

/** A transport that answers from a function; it keeps what was asked. */
function replying(reply: (query: URLSearchParams, request: PromRequest) => Reply | Promise<Reply>) {
  const asked: { path: string; method: string; query: URLSearchParams }[] = []
  const fetch: PromTransport = async (path, request): Promise<PromResponse> => {
    const [base = '', search = ''] = path.split('?')
    const query = new URLSearchParams(request.body ?? search)
    asked.push({ path: base, method: request.method, query })
    const { status = 200, headers = {}, body = '' } = await reply(query, request)
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    return {
      status,
      headers: new Headers(headers),
      body: (async function* () {
        // In small pieces, as a network gives it.
        for (let at = 0; at < bytes.length; at += 7)
          yield await Promise.resolve(bytes.subarray(at, at + 7))
      })(),
    }
  }
  return { asked, client: createPromClient({ fetch, endpointName: 'prom', timeoutSeconds: 1 }) }
}

const empty = '{"status":"success","data":{"resultType":"vector","result":[]}}'
const clock = (aheadMs = 0) => {
  const seconds = (Date.now() + aheadMs) / 1000
  return `{"status":"success","data":{"resultType":"scalar","result":[${seconds},"${seconds}"]}}`
}
const fine = (query: URLSearchParams) => ({
  body: query.get('query') === 'time()' ? clock() : empty,
})

describe('what is asked', () => {
  it('is a handful of queries by POST, all at the asked time', async () => {
    const { asked, client } = replying(fine)
    const answer = await client.ask(edges)
    expect(answer.requests.rowCount).toBe(0)
    expect(asked).toHaveLength(5)
    expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['POST /api/v1/query']),
    )
    const times = asked
      .filter(({ query }) => query.get('query') !== 'time()')
      .map(({ query }) => query.get('time'))
    expect(new Set(times)).toEqual(new Set(['1700000000.000']))
  })

  it('goes by GET where POST is refused, from then on at once', async () => {
    const { asked, client } = replying((query, { method }) =>
      method === 'POST' ? { status: 403, body: 'no' } : fine(query),
    )
    await client.ask(edges)
    const before = asked.length
    await client.ask(edges)
    expect(asked.slice(before).map(({ method }) => method)).toEqual(
      Array.from({ length: 5 }, () => 'GET'),
    )
  })

  it('is nothing for percentiles of no namespace', async () => {
    const { asked, client } = replying(fine)
    const { latency } = await client.ask({ ...edges, name: 'latency', destinationNamespaces: [] })
    expect(latency.rowCount).toBe(0)
    expect(asked.every(({ query }) => query.get('query') === 'time()')).toBe(true)
  })

  it('quotes namespaces and scopes, whatever is in them', async () => {
    const { asked, client } = replying(fine)
    await client.ask({ ...edges, name: 'latency', destinationNamespaces: ['a.b', 'c"d\\e'] })
    expect(asked.map(({ query }) => query.get('query')).join()).toContain(
      String.raw`destination_workload_namespace=~"a\\.b|c\"d\\\\e"`,
    )
  })
})

describe('a clock that is off', () => {
  it('is made up for, asking once more when that was not known', async () => {
    const { asked, client } = replying((query) => ({
      body: query.get('query') === 'time()' ? clock(90_000) : empty,
    }))
    const times = () =>
      asked.flatMap(({ query }) => {
        const time = query.get('time')
        return time === null ? [] : [Number(time) - edges.atMs / 1000]
      })
    await client.ask(edges)
    expect(times().slice(0, 4)).toEqual([0, 0, 0, 0])
    for (const ahead of times().slice(4)) expect(Math.abs(ahead - 90)).toBeLessThan(2)
    expect(times()).toHaveLength(8)
    const before = asked.length
    await client.ask(edges)
    expect(asked.length - before).toBe(5)
  })

  it('is not suspected for the time a request takes', async () => {
    const { asked, client } = replying(async (query) => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      return fine(query)
    })
    await client.ask(edges)
    expect(asked).toHaveLength(5)
  })
})

describe('an answer that is none', () => {
  const failure = async (reply: Parameters<typeof replying>[0]) => {
    const error = await replying(reply)
      .client.ask(edges)
      .catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(PrometheusError)
    return error instanceof PrometheusError ? error : new PrometheusError('', null)
  }

  it.each<[string, Reply, RegExp]>([
    ['a page to sign in', { body: '<!doctype html><title>Sign in' }, /prom: .*HTML page/],
    ['cut off', { body: empty.slice(0, -5) }, /cut off/],
    [
      'of another shape',
      { body: '{"data":{"resultType":"string","result":[1,"x"]}}' },
      /not a string/,
    ],
    [
      'an error of Prometheus',
      { status: 422, body: '{"status":"error","error":"query timed out"}' },
      /HTTP 422: query timed out/,
    ],
    [
      'an error of the API server',
      { status: 503, body: '{"kind":"Status","message":"no endpoints available"}' },
      /HTTP 503: no endpoints available/,
    ],
    ['unauthorized', { status: 401, body: 'nope' }, /HTTP 401/],
  ])('%s', async (_, reply, message) => {
    const error = await failure(() => reply)
    expect(error.message).toMatch(message)
    expect(error.remedy).not.toBeNull()
  })

  it('a redirect is not followed, and its secrets are not repeated', async () => {
    const location = 'https://login.example/start?token=secret'
    const error = await failure(() => ({ status: 302, headers: { location } }))
    expect(error.message).toContain('https://login.example')
    expect(error.message).not.toContain('secret')
  })

  it('nothing in time', async () => {
    const error = await failure(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    )
    expect(error.message).toBe('prom: no answer within 1 s')
  })

  it('no connection', async () => {
    const error = await failure(() => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    })
    expect(error.message).toBe('prom: not reachable: connect ECONNREFUSED')
  })

  it('too large, even where gzip hides it', async () => {
    const large = `${empty}${' '.repeat(100_000)}`
    for (const body of [large, gzipSync(large)]) {
      const fetch: PromTransport = () =>
        Promise.resolve({
          status: 200,
          headers: new Headers(),
          body: (async function* () {
            yield await Promise.resolve(typeof body === 'string' ? Buffer.from(body) : body)
          })(),
        })
      const client = createPromClient({ fetch, endpointName: 'prom', maxBytes: 50_000 })
      await expect(client.ask(edges)).rejects.toThrow(/larger than/)
    }
  })

  it('the caller’s own abort is passed on as it is', async () => {
    const stuck = replying(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    )
    const again = new AbortController()
    const asking = stuck.client.ask(edges, { signal: again.signal })
    again.abort(new Error('gone'))
    await expect(asking).rejects.toThrow('gone')
  })
})

it('a gzipped answer is inflated where the transport did not', async () => {
  const { client } = replying((query) => ({ body: gzipSync(fine(query).body) }))
  expect((await client.ask(edges)).requests.rowCount).toBe(0)
})
