import {
  createPromClient,
  PrometheusError,
  type PromTransport,
  type Question,
} from '../prom/index.ts'
import type { EndpointAnswer, TelemetryStatus } from './source.ts'

/** One telemetry endpoint of a fleet, with how it fared last. */
export interface Endpoint {
  /** Opaque, stable, unique in the fleet. */
  readonly name: string
  status(): TelemetryStatus
  /** Asks for a sign of life; true when it is a Prometheus that answers. */
  probe(): Promise<boolean>
  /** Rejects only with the signal's reason. */
  ask<Q extends Question>(
    question: Q,
    clusters: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<EndpointAnswer<Q>>
}

/** Longest wait for one query: beyond it the other clusters' answers would grow old. */
const queryTimeoutSeconds = 30
const probeTimeoutMs = 10_000

/** An endpoint behind a transport. `label` is for people and holds no credentials. */
export function createEndpoint(options: {
  readonly name: string
  readonly label: string
  readonly fetch: PromTransport
  readonly onChange: () => void
}): Endpoint {
  const client = createPromClient({
    fetch: options.fetch,
    endpointName: options.label,
    timeoutSeconds: queryTimeoutSeconds,
  })
  let status: TelemetryStatus = {
    state: 'unknown',
    endpoint: options.label,
    reason: null,
    remedy: null,
    answeredMs: null,
  }

  function set(
    next: Pick<TelemetryStatus, 'state' | 'reason' | 'remedy'>,
    answered: boolean,
  ): void {
    const news = next.state !== status.state || next.reason !== status.reason
    status = { ...status, ...next, answeredMs: answered ? Date.now() : status.answeredMs }
    if (news) options.onChange()
  }

  async function signOfLife(): Promise<void> {
    const response = await options.fetch('/api/v1/query?query=1', {
      method: 'GET',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(probeTimeoutMs),
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    if (response.status !== 200) throw statusError(response.status)
    const text = Buffer.concat(chunks).toString('utf8')
    if (!text.includes('"success"')) {
      throw new PrometheusError('answers, but not as a Prometheus does', 'Is the address right?')
    }
  }

  return {
    name: options.name,
    status: () => status,
    async probe() {
      try {
        await signOfLife()
        set({ state: 'ready', reason: null, remedy: null }, true)
        return true
      } catch (error) {
        set({ state: 'failing', ...inWords(error, options.label) }, false)
        return false
      }
    },
    async ask(question, clusters, signal) {
      const common = { endpoint: options.name, clusters, ageSeconds: 0 }
      try {
        const answer = await client.ask(question, signal ? { signal } : {})
        set({ state: 'ready', reason: null, remedy: null }, true)
        return { ...common, ok: true, answer }
      } catch (error) {
        signal?.throwIfAborted()
        const words = inWords(error, options.label)
        set({ state: 'failing', ...words }, false)
        return { ...common, ok: false, ...words }
      }
    },
  }
}

function statusError(status: number): PrometheusError {
  const remedies: Readonly<Record<number, string>> = {
    401: 'It wants credentials: put them into the URL of --prometheus.',
    403: 'Reading it through the API server needs the right to get services/proxy.',
    404: 'Is the path of the address right?',
    503: 'Its pod may not be ready; it is asked again.',
  }
  return new PrometheusError(`answered ${status}`, remedies[status] ?? null)
}

function inWords(error: unknown, label: string): { reason: string; remedy: string | null } {
  if (error instanceof PrometheusError) {
    const { message, remedy } = error
    return { reason: message.startsWith(label) ? message : `${label}: ${message}`, remedy }
  }
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  const late = error instanceof Error && error.name === 'TimeoutError'
  return {
    reason: late ? `${label}: does not answer in time` : `${label}: cannot be reached${code}`,
    remedy: 'Check its address, the network and whether it runs.',
  }
}
