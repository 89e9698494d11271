import type { KubeClient } from './client.ts'

/** A port of a Service, as the API server's Service proxy addresses it. */
export interface ServicePort {
  readonly namespace: string
  readonly service: string
  /** Name or number. */
  readonly port: string | number
  readonly scheme?: 'http' | 'https'
}

/** A request through the Service proxy. */
export interface ProxyRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** An answer through the Service proxy: its body streams, gzipped if the service did so. */
export interface ProxyResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array>
}

/** Long enough for a slow query; the caller's signal ends it earlier. */
const inactivityMs = 120_000

/**
 * Reaches a Service through the API server (right needed: get or create on
 * services/proxy). Redirects are not followed. The API server removes the
 * user's own credentials before it passes a request on.
 */
export function serviceProxyFetch(
  client: KubeClient,
  { namespace, service, port, scheme = 'http' }: ServicePort,
): (path: string, request: ProxyRequest) => Promise<ProxyResponse> {
  const target = `${scheme === 'https' ? 'https:' : ''}${service}:${port}`
  const base = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(target)}/proxy`
  return async (path, { method, headers, body, signal }) => {
    const response = await client.request(`${base}/${path.replace(/^\/+/, '')}`, {
      method,
      headers,
      signal,
      inactivityMs,
      ...(body === undefined ? {} : { body }),
    })
    return {
      status: response.status,
      headers: {
        get(name) {
          const value = response.headers[name.toLowerCase()]
          return Array.isArray(value) ? value.join(', ') : (value ?? null)
        },
      },
      body: response.body,
    }
  }
}
