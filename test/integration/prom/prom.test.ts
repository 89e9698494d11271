import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerFromSamples,
  createPromClient,
  storeSamples,
  type PromClient,
  type Question,
  type SampleStore,
  type Table,
} from '../../../main/prom/index.ts'
import { history, openMetrics } from './history.ts'
import { serveHistory, type HistoryServer } from './prometheus.ts'

let server: HistoryServer
let client: PromClient
let store: SampleStore

beforeAll(async () => {
  server = await serveHistory(openMetrics())
  client = createPromClient({ fetch: server.transport, endpointName: 'the test’s Prometheus' })
  const { samples } = await client.ask({
    name: 'samples',
    fromMs: history.fromMs - 60_000,
    toMs: history.toMs,
  })
  store = storeSamples([samples])
})

afterAll(async () => {
  await server?.close()
})

/** Times on a scrape, beside one, and where series start and end; windows of all sizes. */
const moments = [
  { atMs: history.fromMs + 300_000, windowSeconds: 60 },
  { atMs: history.fromMs + 300_001, windowSeconds: 60 },
  { atMs: history.fromMs + 401_234, windowSeconds: 30 },
  { atMs: history.fromMs + 430_000, windowSeconds: 47.5 },
  { atMs: history.fromMs + 810_500, windowSeconds: 300 },
  { atMs: history.fromMs + 1_200_000, windowSeconds: 1000 },
  { atMs: history.fromMs + 20_000, windowSeconds: 60 },
]

describe('answers', () => {
  it('of edges are what the destinations told, and what no destination told', async () => {
    const { atMs, windowSeconds } = moments[0] ?? { atMs: 0, windowSeconds: 60 }
    const { requests } = await client.ask({ name: 'edges', atMs, windowSeconds, identity: 'lean' })
    const ends = 'source_workload, destination_workload, destination_service_name'
    const raw = await ask(
      `sum by (reporter, ${ends}, response_code, response_flags, grpc_response_status) (rate(istio_requests_total[${windowSeconds}s])) > 0`,
      atMs,
    )
    const told = (row: Record<string, string>) =>
      [
        'source_workload',
        'destination_workload',
        'response_code',
        'response_flags',
        'grpc_response_status',
      ]
        .map((name) => row[name] ?? '')
        .join(' ')
    const byOthers = new Set(
      raw.filter(({ metric }) => metric['reporter'] !== 'source').map(({ metric }) => told(metric)),
    )
    const expected = raw
      .filter(({ metric }) => metric['reporter'] !== 'source' || !byOthers.has(told(metric)))
      .map(({ metric, value }) => [`${metric['reporter']} ${told(metric)}`, value] as const)
    const got = rowsOf(requests).map(
      ({ labels, values }) => [`${labels['reporter']} ${told(labels)}`, values['rate']] as const,
    )
    expect(got.length).toBe(expected.length)
    expect(new Map(got)).toEqual(new Map(expected))
    const keys = got.map(([key]) => key)
    expect(keys).toContain('source web unknown 503 UH ')
    expect(keys).toContain('source web mail 200 - ')
  })

  it('of latency are Prometheus’ own quantiles', async () => {
    const { atMs, windowSeconds } = moments[4] ?? { atMs: 0, windowSeconds: 60 }
    const { latency } = await client.ask({
      name: 'latency',
      atMs,
      windowSeconds,
      identity: 'lean',
      destinationNamespaces: ['shop', 'data'],
    })
    const raw = await ask(
      `histogram_quantile(0.95, sum by (le, source_workload, destination_workload) (rate(istio_request_duration_milliseconds_bucket{reporter="destination",destination_workload_namespace=~"shop|data"}[${windowSeconds}s])))`,
      atMs,
    )
    const expected = new Map(
      raw
        .filter(({ value }) => Number.isFinite(value))
        .map(({ metric, value }) => [
          `${metric['source_workload']} ${metric['destination_workload']}`,
          value,
        ]),
    )
    const answered = rowsOf(latency).filter(({ labels }) => labels['reporter'] === 'destination')
    expect(answered).toHaveLength(expected.size)
    expect(expected.size).toBeGreaterThan(2)
    for (const { labels, values } of answered) {
      const key = `${labels['source_workload']} ${labels['destination_workload']}`
      expect(values['p95']).toBeCloseTo(expected.get(key) ?? NaN, 9)
    }
  })

  it('of TCP have sent and received as source and target see them', async () => {
    const { atMs, windowSeconds } = moments[0] ?? { atMs: 0, windowSeconds: 60 }
    const { tcp } = await client.ask({ name: 'edges', atMs, windowSeconds, identity: 'lean' })
    const raw = await ask(
      `sum by (reporter, source_workload, destination_workload) (rate(istio_tcp_received_bytes_total[${windowSeconds}s])) > 0`,
      atMs,
    )
    const key = (labels: Record<string, string>) =>
      `${labels['reporter']} ${labels['source_workload']} ${labels['destination_workload']}`
    const sent = new Map(rowsOf(tcp).map(({ labels, values }) => [key(labels), values['sentRate']]))
    for (const { metric, value } of raw) expect(sent.get(key(metric))).toBe(value)
  })

  it('come in full identity with app and version', async () => {
    const { atMs, windowSeconds } = moments[0] ?? { atMs: 0, windowSeconds: 60 }
    const { requests } = await client.ask({ name: 'edges', atMs, windowSeconds, identity: 'full' })
    for (const { labels } of rowsOf(requests)) {
      expect(labels['source_canonical_service']).toBe(labels['source_workload'])
      expect(labels['destination_canonical_revision']).toBe('v2')
    }
  })
})

describe('recorded samples', () => {
  const questions = moments.flatMap((moment): Question[] => [
    { name: 'edges', ...moment, identity: 'lean' },
    { name: 'edges', ...moment, identity: 'full' },
    { name: 'bytes', ...moment, identity: 'lean' },
    { name: 'latency', ...moment, identity: 'full', destinationNamespaces: null },
    { name: 'latency', ...moment, identity: 'lean', destinationNamespaces: ['shop'] },
  ])

  it.each(questions)(
    'answer as Prometheus does: $name $identity $atMs $windowSeconds',
    async (question) => {
      const [live, recorded] = [await client.ask(question), answerFromSamples(question, store)]
      for (const [liveTable, recordedTable] of tablesOf(live).map(
        (table, at) => [table, tablesOf(recorded)[at]] as const,
      )) {
        const expected = keyed(liveTable)
        const got = keyed(recordedTable)
        expect([...got.keys()].toSorted()).toEqual([...expected.keys()].toSorted())
        for (const [key, values] of expected) {
          for (const [name, value] of Object.entries(values)) {
            expectNear(got.get(key)?.[name], value)
          }
        }
      }
    },
  )

  it.each([
    { kind: 'workload', namespace: 'shop', name: 'cart', direction: 'inbound' },
    { kind: 'workload', namespace: 'shop', name: 'web', direction: 'outbound' },
    { kind: 'service', namespace: 'shop', name: 'old', direction: 'inbound' },
  ] as const)('give the courses Prometheus gives: $kind $name $direction', async (of) => {
    const question: Question = {
      name: 'series',
      fromMs: history.fromMs,
      toMs: history.toMs,
      stepSeconds: 20,
      windowSeconds: 60,
      of,
    }
    const [live, recorded] = [await client.ask(question), answerFromSamples(question, store)]
    expect([...recorded.atMs]).toEqual([...live.atMs])
    expect(live.series.requestRate.filter((value) => value > 0).length).toBeGreaterThan(20)
    for (const [name, column] of Object.entries(live.series)) {
      const own = Object.entries(recorded.series).find(([key]) => key === name)?.[1]
      column.forEach((value, at) => expectNear(own?.[at], value))
    }
  })

  it('keep series apart that differ only in what is not kept, and no pod’s name', async () => {
    const { samples } = await client.ask({
      name: 'samples',
      fromMs: history.fromMs + 300_000,
      toMs: history.fromMs + 330_000,
    })
    expect(samples.labels['pod']).toBeUndefined()
    expect(samples.labels['instance']).toBeUndefined()
    expect(samples.labels['series']?.dictionary.length).toBeGreaterThan(2)
    const times = samples.values['atMs'] ?? new Float64Array(0)
    expect(Math.min(...times)).toBeGreaterThan(history.fromMs + 300_000)
    expect(Math.max(...times)).toBeLessThanOrEqual(history.fromMs + 330_000)
  })
})

it('scope singles out a cluster', async () => {
  const scoped = createPromClient({
    fetch: server.transport,
    endpointName: 'scoped',
    scope: { source_workload: 'cart' },
  })
  const { atMs, windowSeconds } = moments[0] ?? { atMs: 0, windowSeconds: 60 }
  const { requests } = await scoped.ask({ name: 'edges', atMs, windowSeconds, identity: 'lean' })
  expect(new Set(rowsOf(requests).map(({ labels }) => labels['source_workload']))).toEqual(
    new Set(['cart']),
  )
})

it('what Prometheus says of a bad question reaches the user', async () => {
  const broken = createPromClient({
    fetch: server.transport,
    endpointName: 'broken',
    scope: { 'not a label': 'x' },
  })
  const { atMs, windowSeconds } = moments[0] ?? { atMs: 0, windowSeconds: 60 }
  await expect(
    broken.ask({ name: 'edges', atMs, windowSeconds, identity: 'lean' }),
  ).rejects.toThrow(/broken: HTTP 400: .*parse error/)
})

interface RawRow {
  readonly metric: Record<string, string>
  readonly value: number
}

/** Asks Prometheus itself, without the product. */
async function ask(query: string, atMs: number): Promise<RawRow[]> {
  const form = new URLSearchParams({ query, time: String(atMs / 1000) })
  const response = await fetch(`${server.url}/api/v1/query?${form}`)
  const body = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return body.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
}

function rowsOf(table: Table) {
  return Array.from({ length: table.rowCount }, (_, row) => ({
    labels: Object.fromEntries(
      Object.entries(table.labels)
        .map(([name, { dictionary, codes }]) => [name, dictionary[codes[row] ?? 0] ?? ''] as const)
        .filter(([, value]) => value !== ''),
    ),
    values: Object.fromEntries(
      Object.entries(table.values).map(([name, column]) => [name, column[row] ?? NaN]),
    ),
  }))
}

function keyed(table: Table | undefined): Map<string, Record<string, number>> {
  const rows = table === undefined ? [] : rowsOf(table)
  return new Map(rows.map(({ labels, values }) => [keyOf(labels), values]))
}

function keyOf(labels: Record<string, string>): string {
  const names = Object.keys(labels).toSorted()
  return names.map((name) => `${name}=${labels[name]}`).join(',')
}

function tablesOf(answer: object): Table[] {
  return Object.values(answer).filter((part): part is Table => typeof part === 'object')
}

function expectNear(got: number | undefined, wanted: number): void {
  if (Number.isNaN(wanted)) expect(got).toBeNaN()
  else expect(Math.abs((got ?? NaN) - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted))
}
