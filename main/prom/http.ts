import { decodeError } from './decode.ts'
import { PrometheusError } from './error.ts'
import type { PromResponse, PromTransport } from './transport.ts'

/** What a request may cost. */
export interface Limits {
  /** Largest answer, after inflating. */
  readonly bytes: number
  readonly seconds: number
}

/** Asks one Prometheus API path and gives the body's bytes. */
export interface PromHttp {
  /** @throws PrometheusError saying what went wrong; the signal's reason when aborted */
  get(
    path: string,
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Uint8Array>
}

/** Answers that say "not this method" rather than "not you", or could mean either. */
const mayRefuseMethod: ReadonlySet<number> = new Set([403, 405, 501])

/**
 * Requests over a transport: form-encoded POST, for long queries; GET from the
 * first time on that a proxy (or Kubernetes rights, which tell `create` from
 * `get`) refuses POST but lets GET through. Redirects are errors, so that no
 * credential goes elsewhere.
 */
export function promHttp(transport: PromTransport, limits: Limits): PromHttp {
  let method: 'POST' | 'GET' = 'POST'

  async function send(
    way: 'POST' | 'GET',
    path: string,
    form: string,
    signal: AbortSignal,
  ): Promise<PromResponse> {
    const headers = { accept: 'application/json', 'accept-encoding': 'gzip' }
    if (way === 'GET') return await transport(`${path}?${form}`, { method: way, headers, signal })
    return await transport(path, {
      method: way,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
      signal,
    })
  }

  return {
    async get(path, parameters, signal) {
      const timeout = AbortSignal.timeout(limits.seconds * 1000)
      const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
      const form = new URLSearchParams(parameters).toString()
      try {
        let response = await send(method, path, form, either)
        if (method === 'POST' && mayRefuseMethod.has(response.status)) {
          const byGet = await send('GET', path, form, either)
          const abandoned = byGet.status === 405 ? byGet : response
          if (abandoned === response) response = byGet
          if (response.status === 200) method = 'GET'
          await readBody(abandoned, limits.bytes)
        }
        const body = await readBody(response, limits.bytes)
        if (response.status !== 200) throw refusal(response, body)
        return body
      } catch (cause) {
        if (cause instanceof PrometheusError) throw cause
        if (signal?.aborted === true) throw signal.reason
        if (timeout.aborted) {
          throw new PrometheusError(
            `no answer within ${limits.seconds} s`,
            'Try a shorter window, or look at how busy this Prometheus is.',
            { cause },
          )
        }
        throw new PrometheusError(`not reachable: ${reasonOf(cause)}`, 'Check that it runs.', {
          cause,
        })
      }
    },
  }
}

/** Reads a body up to a limit, inflating it where the transport did not. */
async function readBody(response: PromResponse, limit: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0)
  const body = await gather(response.body, limit)
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  if (!isGzip) return body
  const inflated = new Blob([Uint8Array.from(body)])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
  return await gather(inflated, limit)
}

async function gather(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > limit) {
      throw new PrometheusError(
        `the answer is larger than ${Math.round(limit / 1_048_576)} MiB`,
        'Ask for less: fewer namespaces or a scope for this endpoint, or use recording rules.',
      )
    }
    chunks.push(chunk)
  }
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const body = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}

function refusal(response: PromResponse, body: Uint8Array): PrometheusError {
  const { status } = response
  if (status >= 300 && status < 400) {
    const to = originOf(response.headers.get('location'))
    return new PrometheusError(
      `answers with a redirect${to === null ? '' : ` to ${to}`} (HTTP ${status})`,
      'Redirects are not followed, so that no credential goes elsewhere: give the final address.',
    )
  }
  const said = decodeError(body)
  const because = said === null ? '' : `: ${said}`
  return new PrometheusError(`HTTP ${status}${because}`, remedyFor(status))
}

function remedyFor(status: number): string {
  if (status === 401) return 'Give this endpoint valid credentials.'
  if (status === 403)
    return 'The user may not read it: for a Service proxy that takes `get` on services/proxy.'
  if (status === 404) return 'Check the address: below it, /api/v1/query must answer.'
  if (status === 503) return 'Check that Prometheus is running and ready.'
  if (status >= 500) return 'Look into the log of this Prometheus.'
  return 'This query was refused; the server may be too old or not Prometheus-compatible.'
}

/** Scheme and host of a redirect: its query could hold a secret. */
function originOf(location: string | null): string | null {
  if (location === null || !URL.canParse(location)) return null
  return new URL(location).origin
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  // fetch says "fetch failed" and keeps the reason for itself.
  const inner = cause.cause
  return inner instanceof Error && inner.message !== '' ? inner.message : cause.message
}
