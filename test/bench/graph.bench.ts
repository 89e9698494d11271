import { createPromClient, type PromTransport, type Table } from '../../main/prom/index.ts'
import { buildGraph, type TelemetryAnswer } from '../../main/traffic/index.ts'
import { createModel, edgesAnswer, originMs, seededClusters } from '../rig/model/index.ts'
import { cpuMs, median, report } from './measure.ts'

const windowSeconds = 60
const blocks = 4
const rounds = 15

/**
 * A graph from the bytes Prometheis answer, against `JSON.parse` of the same
 * bytes: 2,000 workloads and 8,000 edges, in one cluster and in three.
 */
for (const clusterCount of [1, 3]) {
  const model = createModel({ workloads: 2000, clusters: seededClusters(clusterCount), seed: 1 })
  const atMs = originMs + 3_600_000
  const bodies = model.topology.clusters.map(({ name }) => {
    const { requests, tcp } = edgesAnswer(model, name, { atMs, windowSeconds, identity: 'lean' })
    const isSource = (row: number) => labelOf(requests, 'reporter', row) === 'source'
    return {
      name,
      answered: body(requests, 'rate', (row) => !isSource(row)),
      sent: body(requests, 'rate', isSource),
      tcpSent: body(tcp, 'sentRate', () => true),
      tcpReceived: body(tcp, 'receivedRate', () => true),
    }
  })
  const all = bodies.flatMap(({ answered, sent, tcpSent, tcpReceived }) => [
    answered,
    sent,
    tcpSent,
    tcpReceived,
  ])
  const clients = bodies.map((own) => ({
    name: own.name,
    client: createPromClient({
      endpointName: own.name,
      fetch: recorded((query) => {
        if (query.includes('istio_tcp_received')) return own.tcpSent
        if (query.includes('istio_tcp_sent')) return own.tcpReceived
        return query.includes('unless') ? own.sent : own.answered
      }),
    }),
  }))

  const graph = async () => {
    const answers = await Promise.all(
      clients.map(async ({ name, client }): Promise<TelemetryAnswer> => {
        const question = { name: 'edges', atMs, windowSeconds, identity: 'lean' } as const
        return { endpoint: name, clusters: [name], edges: await client.ask(question) }
      }),
    )
    return buildGraph({ atMs, windowSeconds, model: null, clusters: [], answers })
  }
  const built = await graph()
  const parse = () => all.map((bytes) => JSON.parse(bytes.toString('utf8')) as unknown)
  const ours: number[] = []
  const floor: number[] = []
  // By turns, in blocks, so that each pays for its own garbage; the first block warms up.
  for (let block = 0; block < blocks; block++) {
    for (const [work, times] of [
      [graph, ours],
      [parse, floor],
    ] as const) {
      for (let round = 0; round < rounds; round++) {
        const ms = await cpuMs(work)
        if (block > 0) times.push(ms)
      }
    }
  }
  report({
    name: `graph from answer bytes, ${built.nodes.length} nodes, ${built.edges.length} edges, clusters: ${clusterCount}`,
    ours: median(ours),
    floor: median(floor),
    floorName: 'JSON.parse of the bytes',
    limit: 1.5,
  })
}

/** A Prometheus that answers from memory. */
function recorded(answerTo: (query: string) => Buffer): PromTransport {
  return (_, { body: form }) => {
    const query = new URLSearchParams(form).get('query') ?? ''
    const bytes = query === 'time()' ? clock() : answerTo(query)
    return Promise.resolve({
      status: 200,
      headers: new Headers(),
      body: (async function* () {
        yield await Promise.resolve(bytes)
      })(),
    })
  }
}

function clock(): Buffer {
  const now = Date.now() / 1000
  const data = { resultType: 'scalar', result: [now, String(now)] }
  return Buffer.from(JSON.stringify({ status: 'success', data }))
}

/** Some rows of a table as Prometheus would answer them. */
function body(table: Table, value: string, keep: (row: number) => boolean): Buffer {
  const names = Object.keys(table.labels).toSorted()
  const result = Array.from({ length: table.rowCount }, (_, row) => row)
    .filter(keep)
    .map((row) => ({
      metric: Object.fromEntries(
        names
          .map((name) => [name, labelOf(table, name, row)] as const)
          .filter(([, text]) => text !== ''),
      ),
      value: [1_700_000_000.123, String(table.values[value]?.[row])],
    }))
  const data = { resultType: 'vector', result }
  return Buffer.from(JSON.stringify({ status: 'success', data }))
}

function labelOf(table: Table, name: string, row: number): string {
  const column = table.labels[name]
  return column?.dictionary[column.codes[row] ?? 0] ?? ''
}
