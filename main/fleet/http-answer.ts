import { request, type Dispatcher } from 'undici'
import type { PromTransport } from '../prom/index.ts'

/** A Prometheus may think long over a query, but not be silent longer than this. */
const inactivityMs = 120_000

/**
 * Sends one request over plain HTTP(S) and gives its answer in the shape that
 * `prom` reads. Redirects are not followed.
 */
export async function httpAnswer(
  url: string,
  dispatcher: Dispatcher,
  { method, headers, body, signal }: Parameters<PromTransport>[1],
): ReturnType<PromTransport> {
  const response = await request(url, {
    dispatcher,
    method,
    headers,
    signal,
    headersTimeout: inactivityMs,
    bodyTimeout: inactivityMs,
    ...(body === undefined ? {} : { body }),
  })
  return {
    status: response.statusCode,
    headers: {
      get(name) {
        const value = response.headers[name.toLowerCase()]
        return Array.isArray(value) ? value.join(', ') : (value ?? null)
      },
    },
    body: response.body,
  }
}
