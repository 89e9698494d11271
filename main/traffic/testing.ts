import type { MeshModel } from '../mesh/index.ts'
import type { LabelColumn, Table } from '../prom/index.ts'
import { buildGraph } from './build.ts'
import type { Graph, GraphEdge } from './graph.ts'
import type { GraphGrouping, TelemetryAnswer } from './input.ts'

/** One series of requests or of TCP bytes, as a test writes it: labels by short names. */
export interface TestRow {
  readonly reporter?: 'source' | 'destination' | 'waypoint'
  /** `cluster/namespace/workload`; parts may be `unknown`. */
  readonly from: string
  readonly to: string
  readonly host?: string
  /** `namespace/name`. */
  readonly service?: string
  readonly protocol?: 'http' | 'grpc'
  readonly code?: string
  readonly grpc?: string
  readonly flags?: string
  readonly mtls?: boolean
  readonly app?: string
  readonly apps?: readonly [string, string]
  /** Requests per second, or TCP bytes sent per second. */
  readonly rate: number
}

/** An endpoint's answer made of request rows and TCP rows. */
export function answerOf(
  endpoint: string,
  clusters: readonly string[],
  requests: readonly TestRow[],
  tcp: readonly TestRow[] = [],
): TelemetryAnswer {
  return {
    endpoint,
    clusters,
    edges: {
      name: 'edges',
      requests: tableOf(requests.map(requestLabels), { rate: requests.map(({ rate }) => rate) }),
      tcp: tableOf(tcp.map(commonLabels), {
        sentRate: tcp.map(({ rate }) => rate),
        receivedRate: tcp.map(({ rate }) => rate * 2),
      }),
    },
  }
}

/** The graph of answers at a fixed time, over a minute. */
export function graphOf(
  answers: readonly TelemetryAnswer[],
  model: MeshModel | null = null,
  by: GraphGrouping = 'workload',
): Graph {
  return buildGraph({
    atMs: 1_700_000_000_000,
    windowSeconds: 60,
    model,
    clusters: [],
    answers,
    by,
  })
}

/** Edges as one line each: source, target, protocol, rate, and what ended how. */
export function linesOf(graph: Graph): string[] {
  return graph.edges.map((edge) => {
    const ended = edge.responses.map(({ code, flags, rate }) => `${code}/${flags}=${round(rate)}`)
    return [edge.source, edge.target, edge.protocol, amountOf(edge), ...ended].join(' ')
  })
}

function amountOf({ requestRate, bytesPerSecond }: GraphEdge): string {
  return `${round(requestRate ?? bytesPerSecond.sent ?? NaN)}`
}

function round(value: number): number {
  return Number(value.toFixed(6))
}

function requestLabels(row: TestRow): Record<string, string> {
  return {
    ...commonLabels(row),
    request_protocol: row.protocol ?? 'http',
    response_code: row.code ?? '200',
    ...(row.grpc === undefined ? {} : { grpc_response_status: row.grpc }),
    response_flags: row.flags ?? '-',
  }
}

function commonLabels(row: TestRow): Record<string, string> {
  const [sourceCluster = '', sourceNamespace = '', source = ''] = row.from.split('/')
  const [targetCluster = '', targetNamespace = '', target = ''] = row.to.split('/')
  const host = row.host ?? (target === 'unknown' ? 'unknown' : `${target}.${targetNamespace}.svc`)
  const [serviceNamespace, serviceName] = row.service?.split('/') ?? []
  const [sourceApp, targetApp] = row.apps ?? []
  const labels: Record<string, string | undefined> = {
    reporter: row.reporter ?? 'destination',
    source_cluster: sourceCluster,
    source_workload_namespace: sourceNamespace,
    source_workload: source,
    destination_cluster: targetCluster,
    destination_workload_namespace: targetNamespace,
    destination_workload: target,
    destination_service: host,
    destination_service_namespace: serviceNamespace,
    destination_service_name: serviceName,
    connection_security_policy:
      row.mtls === undefined ? 'unknown' : row.mtls ? 'mutual_tls' : 'none',
    source_principal:
      row.mtls === true ? `spiffe://td/ns/${sourceNamespace}/sa/${source}` : 'unknown',
    destination_principal:
      row.mtls === true ? `spiffe://td/ns/${targetNamespace}/sa/${target}` : 'unknown',
    app: row.app,
    source_canonical_service: sourceApp,
    destination_canonical_service: targetApp,
  }
  const present = Object.entries(labels).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present.map(([name, value]) => [name, value ?? '']))
}

/** Columns from rows of labels. */
function tableOf(
  rows: readonly Readonly<Record<string, string>>[],
  values: Readonly<Record<string, readonly number[]>>,
): Table {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const labels = names.map((name): [string, LabelColumn] => {
    const dictionary = ['', ...new Set(rows.map((row) => row[name] ?? ''))]
    const codes = Uint32Array.from(rows, (row) => dictionary.lastIndexOf(row[name] ?? ''))
    return [name, { dictionary, codes }]
  })
  return {
    rowCount: rows.length,
    labels: Object.fromEntries(labels),
    values: Object.fromEntries(
      Object.entries(values).map(([name, column]) => [name, Float64Array.from(column)]),
    ),
  }
}
