import { createDispatcher } from '../kube/index.ts'
import type { PromTransport } from '../prom/index.ts'
import { httpAnswer } from './http-answer.ts'

/** A Prometheus at a URL of its own: how to reach it, and how to name it without its credentials. */
export interface UrlTransport {
  readonly fetch: PromTransport
  readonly label: string
  close(): Promise<void>
}

/**
 * Reaches a Prometheus by URL, with basic credentials if the URL holds some.
 * Redirects are not followed, so credentials stay where they belong.
 */
export function urlTransport(address: string): UrlTransport {
  const url = new URL(address)
  const user = decoded(url.username)
  const password = decoded(url.password)
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  const base = url.href.replace(/\/+$/, '')
  const authorization: Record<string, string> =
    user === '' && password === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  const dispatcher = createDispatcher(url)
  return {
    label: base,
    fetch: (path, given) =>
      httpAnswer(`${base}/${path.replace(/^\/+/, '')}`, dispatcher, {
        ...given,
        headers: { 'user-agent': 'smm', ...given.headers, ...authorization },
      }),
    close: () => dispatcher.destroy(),
  }
}

/** A password may hold a `%` that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
