import { decodeMatrix, decodeScalar, decodeVector, type SeriesTable } from './decode.ts'
import { concatTables } from './columns.ts'
import { PrometheusError } from './error.ts'
import { promHttp, type Limits } from './http.ts'
import { keptLabels, keptMetrics } from './metrics.ts'
import { planInstant } from './plan.ts'
import { durationText, rateText, selectorText, type Matcher } from './query.ts'
import type { AnswerTo, Question, SamplesQuestion, SeriesQuestion } from './question.ts'
import { metricRows } from './samples.ts'
import { assembleSeries, planSeries } from './series.ts'
import { keepLabels } from './series-key.ts'
import type { Table } from './table.ts'
import type { PromTransport } from './transport.ts'

/** One Prometheus (or Thanos, Mimir, VictoriaMetrics) that answers named questions. */
export interface PromClient {
  readonly endpointName: string
  /**
   * Answers a question. Times are this machine's: how far the server's clock
   * is off is measured along the way and made up for.
   * @throws PrometheusError naming the endpoint, what failed and what to do; the signal's reason when aborted
   */
  ask<Q extends Question>(
    question: Q,
    options?: { readonly signal?: AbortSignal },
  ): Promise<AnswerTo<Q>>
}

/** What a client is made of. */
export interface PromClientOptions {
  readonly fetch: PromTransport
  /** For a person, in errors: `Service istio-system/prometheus`, or a URL without credentials. */
  readonly endpointName: string
  /** Label values that single out the clusters this endpoint is asked about, where it knows more. */
  readonly scope?: Readonly<Record<string, string>>
  /** Largest answer in bytes after inflating; 256 MiB when not given. */
  readonly maxBytes?: number
  /** Longest wait for one query; 60 s when not given. */
  readonly timeoutSeconds?: number
}

/** Clocks this close are one: the time a query takes to be scheduled is not skew. */
const clockToleranceMs = 250

/** Makes a client; nothing is asked before the first question. */
export function createPromClient(options: PromClientOptions): PromClient {
  const { endpointName } = options
  const limits: Limits = {
    bytes: options.maxBytes ?? 256 * 1024 * 1024,
    seconds: options.timeoutSeconds ?? 60,
  }
  const http = promHttp(options.fetch, limits)
  const scope = Object.entries(options.scope ?? {}).map(([label, value]): Matcher => ({
    label,
    is: 'in',
    values: [value],
  }))
  /** How many milliseconds the server's clock is ahead of ours, as far as known. */
  let clockAheadMs = 0

  async function instant(query: string, atMs: number, signal: AbortSignal): Promise<Uint8Array> {
    const time = ((atMs + clockAheadMs) / 1000).toFixed(3)
    return await http.get('/api/v1/query', { query, time }, signal)
  }

  /** Measures the server's clock; says whether what was assumed of it turned out wrong. */
  async function measureClock(signal: AbortSignal): Promise<boolean> {
    const sentMs = Date.now()
    const body = await http.get('/api/v1/query', { query: 'time()' }, signal)
    const receivedMs = Date.now()
    const serverMs = decodeScalar(body) * 1000
    // Without an answer's way there and back, any offset between these two would explain it.
    const least = serverMs - receivedMs - clockToleranceMs
    const most = serverMs - sentMs + clockToleranceMs
    if (clockAheadMs >= least && clockAheadMs <= most) return false
    clockAheadMs = (least + most) / 2
    return true
  }

  /** Runs queries along with a look at the clock, and once more if the clock was not as assumed. */
  async function atOurTime<T>(
    run: (signal: AbortSignal) => Promise<T>,
    outer: AbortSignal | undefined,
  ): Promise<T> {
    // One failing query ends its siblings: nobody waits for an answer that is not used.
    const siblings = new AbortController()
    const signal = outer === undefined ? siblings.signal : AbortSignal.any([outer, siblings.signal])
    try {
      const [result, moved] = await Promise.all([run(signal), measureClock(signal)])
      return moved ? await run(signal) : result
    } catch (cause) {
      siblings.abort(cause)
      throw cause
    }
  }

  async function askInstant(
    question: Extract<Question, { readonly atMs: number }>,
    signal: AbortSignal | undefined,
  ) {
    const plan = planInstant(question)
    const bodies = await atOurTime(
      async (inner) =>
        await Promise.all(
          plan.queries.map(async (query) => {
            const text = rateText(query, question.windowSeconds, scope)
            return await instant(text, question.atMs, inner)
          }),
        ),
      signal,
    )
    return plan.assemble(bodies.map(decodeVector))
  }

  async function askSeries(question: SeriesQuestion, signal: AbortSignal | undefined) {
    const seconds = (ms: number) => ((ms + clockAheadMs) / 1000).toFixed(3)
    const tables = await atOurTime(
      async (inner) =>
        await Promise.all(
          planSeries(question).map(async (query) => {
            const body = await http.get(
              '/api/v1/query_range',
              {
                query: rateText(query, question.windowSeconds, scope),
                start: seconds(question.fromMs),
                end: seconds(question.toMs),
                step: durationText(question.stepSeconds),
              },
              inner,
            )
            return toOurTime(decodeMatrix(body))
          }),
        ),
      signal,
    )
    return assembleSeries(question, tables)
  }

  async function askSamples(question: SamplesQuestion, signal: AbortSignal | undefined) {
    const range = durationText((question.toMs - question.fromMs) / 1000)
    const tables = await atOurTime(async (inner) => {
      const found: Table[] = []
      // One after the other: a mesh's buckets alone are large, and recording is in no hurry.
      for (const metric of keptMetrics) {
        const query = `${selectorText({ metric, where: [] }, scope)}[${range}]`
        const series = toOurTime(decodeMatrix(await instant(query, question.toMs, inner)))
        const kept = keepLabels(series, keptLabels)
        // Before version 3 Prometheus' ranges include their start.
        found.push(metricRows(metric, kept, question.fromMs, question.toMs))
      }
      return found
    }, signal)
    return { name: 'samples' as const, samples: concatTables(tables) }
  }

  function toOurTime(series: SeriesTable): SeriesTable {
    if (clockAheadMs === 0) return series
    return { ...series, atMs: series.atMs.map((ms) => ms - clockAheadMs) }
  }

  async function answer(question: Question, signal: AbortSignal | undefined) {
    if (question.name === 'series') return await askSeries(question, signal)
    if (question.name === 'samples') return await askSamples(question, signal)
    return await askInstant(question, signal)
  }

  return {
    endpointName,
    async ask<Q extends Question>(question: Q, how?: { readonly signal?: AbortSignal }) {
      try {
        // The type of an answer follows from the question's name, which TypeScript cannot see here.
        return (await answer(question, how?.signal)) as AnswerTo<Q>
      } catch (cause) {
        if (!(cause instanceof PrometheusError)) throw cause
        throw new PrometheusError(`${endpointName}: ${cause.message}`, cause.remedy, { cause })
      }
    },
  }
}
