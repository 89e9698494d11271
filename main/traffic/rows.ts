import type { LabelColumn, Table } from '../prom/index.ts'
import type { ClusterNames } from './clusters.ts'
import type { TelemetryAnswer } from './input.ts'
import { Tuples, type Names } from './intern.ts'
import { columnOf, isKnown } from './labels.ts'

/** Whose account a row is, the most trusted first. */
export const side = { destination: 0, waypoint: 1, source: 2 } as const

/** How a connection was secured, as the row says. */
export const policy = { unknown: 0, plaintext: 1, mutualTls: 2 } as const

/** Not known, in a column of numbers. */
export const unknown = -1

/** The protocols of edges, by number. */
export const protocols = ['http', 'grpc', 'tcp'] as const
/** TCP among them: the last, those before it have requests. */
export const tcpProtocol = 2

/** Rows of all answers under each other, as columns of numbers (`unknown` where a label does not tell). */
export interface Rows {
  readonly count: number
  readonly answer: Uint16Array
  readonly side: Uint8Array
  /** Cluster names. */
  readonly sourceCluster: Int32Array
  readonly targetCluster: Int32Array
  /** Workloads as (namespace, name) tuples of `workloads`. */
  readonly source: Int32Array
  readonly target: Int32Array
  /** The service's FQDN or host. */
  readonly host: Int32Array
  /** The service as (namespace, name) tuple of `services`. */
  readonly service: Int32Array
  /** How it ended, as (protocol, code, flags) tuples of `responses`. */
  readonly response: Int32Array
  readonly policy: Uint8Array
  readonly sourcePrincipal: Int32Array
  readonly targetPrincipal: Int32Array
  /** Apps and versions; null where no answer carries them. */
  readonly canonical: {
    readonly sourceApp: Int32Array
    readonly sourceVersion: Int32Array
    readonly targetApp: Int32Array
    readonly targetVersion: Int32Array
  } | null
  /** True for ztunnel's own accounts. */
  readonly isZtunnel: Uint8Array
  readonly values: readonly Float64Array[]
}

/** What the numbers in rows stand for, shared by all tables of one graph. */
export interface Codebook {
  readonly names: Names
  /** (namespace, name) of workloads. */
  readonly workloads: Tuples
  /** (namespace, name) of services. */
  readonly services: Tuples
  /** (protocol, code, flags) of responses. */
  readonly responses: Tuples
}

/** A codebook without entries but the names given. */
export function codebook(names: Names): Codebook {
  return { names, workloads: new Tuples(), services: new Tuples(), responses: new Tuples() }
}

/** A table of one answer: `answer` is its place among the answers. */
export interface AnswerTable {
  readonly answer: number
  readonly table: Table
}

/** The tables that answers hold of one kind. */
export function tablesOf(
  answers: readonly TelemetryAnswer[],
  pick: (answer: TelemetryAnswer) => Table | undefined,
): readonly AnswerTable[] {
  return answers.flatMap((one, answer) => {
    const table = pick(one)
    return table === undefined ? [] : [{ answer, table }]
  })
}

/** Reads tables into rows. Without `protocol` each row says by its labels what it is. */
export function readRows(
  tables: readonly AnswerTable[],
  book: Codebook,
  clusters: ClusterNames,
  valueNames: readonly string[],
  protocol?: 'tcp',
): Rows {
  const count = tables.reduce((sum, { table }) => sum + table.rowCount, 0)
  const int = () => new Int32Array(count)
  const rows = {
    count,
    answer: new Uint16Array(count),
    side: new Uint8Array(count),
    sourceCluster: int(),
    targetCluster: int(),
    source: int(),
    target: int(),
    host: int(),
    service: int(),
    response: int(),
    policy: new Uint8Array(count),
    sourcePrincipal: int(),
    targetPrincipal: int(),
    canonical: tables.some(({ table }) => 'source_canonical_service' in table.labels)
      ? { sourceApp: int(), sourceVersion: int(), targetApp: int(), targetVersion: int() }
      : null,
    isZtunnel: new Uint8Array(count),
    values: valueNames.map(() => new Float64Array(count)),
  } satisfies Rows
  let at = 0
  for (const { answer, table } of tables) {
    rows.answer.fill(answer, at, at + table.rowCount)
    readLabels(table, at, rows, book, (label) => clusters.resolve(answer, label))
    if (protocol === 'tcp') rows.response.fill(book.responses.intern(tcpProtocol), at)
    else readResponses(table, at, rows.response, book)
    for (const [index, name] of valueNames.entries()) {
      const values = table.values[name]
      if (values !== undefined) rows.values[index]?.set(values, at)
    }
    at += table.rowCount
  }
  return rows
}

function readLabels(
  table: Table,
  at: number,
  rows: Rows,
  { names, workloads, services }: Codebook,
  clusterName: (label: string) => string | null,
): void {
  const cluster = (label: string) => {
    const name = clusterName(label)
    return name === null ? unknown : names.code(name)
  }
  const { rowCount } = table
  const meaning = (label: string, to: Int32Array | Uint8Array, map: (value: string) => number) => {
    const column = columnOf(table, label)
    copyColumn(column, mapped(column.dictionary, map), rowCount, to, at)
  }
  const text = (label: string, to: Int32Array) => {
    const column = columnOf(table, label)
    copyColumn(column, knownCodes(column, names), rowCount, to, at)
  }
  meaning('reporter', rows.side, sideOf)
  meaning('source_cluster', rows.sourceCluster, cluster)
  meaning('destination_cluster', rows.targetCluster, cluster)
  meaning('connection_security_policy', rows.policy, policyOf)
  meaning('app', rows.isZtunnel, isZtunnelApp)
  text('destination_service', rows.host)
  text('source_principal', rows.sourcePrincipal)
  text('destination_principal', rows.targetPrincipal)
  if (rows.canonical !== null) {
    text('source_canonical_service', rows.canonical.sourceApp)
    text('source_canonical_revision', rows.canonical.sourceVersion)
    text('destination_canonical_service', rows.canonical.targetApp)
    text('destination_canonical_revision', rows.canonical.targetVersion)
  }
  const pair = (prefix: string, name: string, to: Int32Array, pairs: Tuples) => {
    const namespaces = columnOf(table, `${prefix}_namespace`)
    copyPair(namespaces, columnOf(table, name), rowCount, to, at, names, pairs)
  }
  pair('source_workload', 'source_workload', rows.source, workloads)
  pair('destination_workload', 'destination_workload', rows.target, workloads)
  pair('destination_service', 'destination_service_name', rows.service, services)
}

function copyColumn(
  column: LabelColumn,
  values: Int32Array,
  rowCount: number,
  to: Int32Array | Uint8Array,
  at: number,
): void {
  const { codes } = column
  if (codes.length < rowCount) to.fill(values[0] ?? unknown, at, at + rowCount)
  else for (let row = 0; row < rowCount; row++) to[at + row] = values[codes[row] ?? 0] ?? unknown
}

function mapped(dictionary: readonly string[], map: (value: string) => number): Int32Array {
  const values = new Int32Array(dictionary.length)
  for (let at = 0; at < values.length; at++) values[at] = map(dictionary[at] ?? '')
  return values
}

/** What the values of a column are called in the codebook; `unknown` for those that say nothing. */
function knownCodes({ dictionary }: LabelColumn, names: Names): Int32Array {
  const values = new Int32Array(dictionary.length)
  for (let at = 0; at < values.length; at++) {
    const value = dictionary[at] ?? ''
    values[at] = isKnown(value) ? names.code(value) : unknown
  }
  return values
}

/** The codes of a column, also of one that is absent. */
function codesOf(column: LabelColumn, rowCount: number): Uint32Array {
  return column.codes.length < rowCount ? new Uint32Array(rowCount) : column.codes
}

/** Namespace and name as one number, where at least the name is known. */
function copyPair(
  namespace: LabelColumn,
  name: LabelColumn,
  rowCount: number,
  to: Int32Array,
  at: number,
  names: Names,
  table: Tuples,
): void {
  const namespaces = knownCodes(namespace, names)
  const named = knownCodes(name, names)
  const namespaceCodes = codesOf(namespace, rowCount)
  const nameCodes = codesOf(name, rowCount)
  // A name is nearly always in the namespace it was in last time.
  const lastNamespace = new Int32Array(named.length).fill(halfKnown)
  const lastPair = new Int32Array(named.length)
  for (let row = 0; row < rowCount; row++) {
    const nameCode = nameCodes[row] ?? 0
    const ns = namespaces[namespaceCodes[row] ?? 0] ?? unknown
    if (lastNamespace[nameCode] !== ns) {
      const own = named[nameCode] ?? unknown
      const none = ns === unknown ? unknown : halfKnown
      lastPair[nameCode] = own === unknown ? none : table.intern(ns, own)
      lastNamespace[nameCode] = ns
    }
    to[at + row] = lastPair[nameCode] ?? unknown
  }
}

/** The namespace is known and the name is not. */
export const halfKnown = -2

function readResponses(table: Table, at: number, to: Int32Array, book: Codebook): void {
  const protocol = columnOf(table, 'request_protocol')
  const http = columnOf(table, 'response_code')
  const grpc = columnOf(table, 'grpc_response_status')
  const flags = columnOf(table, 'response_flags')
  const { names } = book
  const isGrpc = protocol.dictionary.map((value) => value === 'grpc')
  const httpError = http.dictionary.map((value) => value === '0' || Number(value) >= 400)
  const httpCodes = mapped(http.dictionary, (value) =>
    names.code(value === '0' || value === '' ? '-' : value),
  )
  const grpcCodes = knownCodes(grpc, names)
  const flagCodes = mapped(flags.dictionary, (value) => names.code(value === '' ? '-' : value))
  const { rowCount } = table
  const protocolOf = codesOf(protocol, rowCount)
  const httpOf = codesOf(http, rowCount)
  const grpcOf = codesOf(grpc, rowCount)
  const flagsOf = codesOf(flags, rowCount)
  for (let row = 0; row < rowCount; row++) {
    const httpCode = httpOf[row] ?? 0
    const grpcCode = grpcCodes[grpcOf[row] ?? 0] ?? unknown
    const isGrpcRow = isGrpc[protocolOf[row] ?? 0] === true
    const usesStatus = isGrpcRow && grpcCode !== unknown && httpError[httpCode] !== true
    const code = usesStatus ? grpcCode : (httpCodes[httpCode] ?? 0)
    to[at + row] = book.responses.intern(isGrpcRow ? 1 : 0, code, flagCodes[flagsOf[row] ?? 0] ?? 0)
  }
}

function sideOf(reporter: string): number {
  if (reporter === 'source') return side.source
  return reporter === 'waypoint' ? side.waypoint : side.destination
}

function isZtunnelApp(app: string): number {
  return app === 'ztunnel' ? 1 : 0
}

function policyOf(value: string): number {
  if (value === 'mutual_tls') return policy.mutualTls
  return value === 'none' ? policy.plaintext : policy.unknown
}
