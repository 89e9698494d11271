/**
 * How this room reaches one Prometheus. `fleet` hands it in: a fetch over a
 * URL, an API server's Service proxy or a port-forward, with whatever
 * credentials that takes. It must not follow redirects (credentials would
 * follow too); a `Response` of `fetch(…, {redirect: 'manual'})` will do.
 */
export type PromTransport = (
  /** Below the server's base address, as `/api/v1/query?query=…`. */
  path: string,
  request: PromRequest,
) => Promise<PromResponse>

/** The part of a fetch `RequestInit` that is used here. */
export interface PromRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** The part of a fetch `Response` that is read here. A gzipped body may come inflated or not. */
export interface PromResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}
