import type { CountedPart } from './accounts.ts'
import type { Ends } from './ends.ts'
import type { GraphEdge, GraphResponse } from './graph.ts'
import { tuples, type Tuples } from './intern.ts'
import { policy, protocols, tcpProtocol, unknown, type Codebook, type Rows } from './rows.ts'
import { isError } from './tolerance.ts'

/** Edges being summed up: (source node, target node, protocol) tuples and what flowed over each. */
export interface EdgeSums {
  readonly edges: Tuples
  readonly requestRate: number[]
  readonly errorRate: number[]
  readonly sentRate: number[]
  readonly receivedRate: number[]
  /** How much (requests, or TCP bytes) went over mTLS, and over connections whose security is known. */
  readonly mutualTls: number[]
  readonly secured: number[]
  /** (edge, code, flags). */
  readonly responses: Tuples
  readonly responseRate: number[]
  /** (response, host). */
  readonly hosts: Tuples
  /** (edge, 0 for the source's or 1 for the target's, principal). */
  readonly principals: Tuples
}

export function edgeSums(): EdgeSums {
  return {
    edges: tuples(),
    requestRate: [],
    errorRate: [],
    sentRate: [],
    receivedRate: [],
    mutualTls: [],
    secured: [],
    responses: tuples(),
    responseRate: [],
    hosts: tuples(),
    principals: tuples(),
  }
}

/** Adds counted request rows (value: rate) to their edges. */
export function addRequests(
  sums: EdgeSums,
  { rows, ends, counted }: CountedPart,
  nodeOf: (end: number) => number,
  book: Codebook,
): void {
  const [rates] = rows.values
  const errors: boolean[] = []
  const isErrorResponse = (response: number) =>
    (errors[response] ??= isError(
      protocols[book.responses.at(response, 0)] === 'grpc' ? 'grpc' : 'http',
      book.names.text(book.responses.at(response, 1)),
    ))
  for (let row = 0; row < rows.count; row++) {
    if (counted[row] !== 1) continue
    const rate = rates?.[row] ?? 0
    const response = rows.response[row] ?? 0
    const edge = edgeOf(sums, ends, row, nodeOf, book.responses.at(response, 0))
    add(sums.requestRate, edge, rate)
    if (isErrorResponse(response)) add(sums.errorRate, edge, rate)
    addSecurity(sums, rows, row, edge, rate)
    const { at } = book.responses
    const ended = sums.responses.intern(edge, at(response, 1), at(response, 2))
    add(sums.responseRate, ended, rate)
    const host = rows.host[row] ?? unknown
    if (host !== unknown) sums.hosts.intern(ended, host)
  }
}

/** Adds counted TCP rows (values: sent, received) to their edges. */
export function addTcp(
  sums: EdgeSums,
  { rows, ends, counted }: CountedPart,
  nodeOf: (end: number) => number,
): void {
  const [sent, received] = rows.values
  for (let row = 0; row < rows.count; row++) {
    if (counted[row] !== 1) continue
    const edge = edgeOf(sums, ends, row, nodeOf, tcpProtocol)
    const sentRate = sent?.[row] ?? 0
    const receivedRate = received?.[row] ?? 0
    add(sums.sentRate, edge, sentRate)
    add(sums.receivedRate, edge, receivedRate)
    addSecurity(sums, rows, row, edge, sentRate + receivedRate)
  }
}

/** Adds bytes of bodies to edges that there are; rows of no known edge are left out. */
export function addBodies(
  sums: EdgeSums,
  { rows, ends, counted }: CountedPart,
  nodeOf: (end: number) => number,
  book: Codebook,
): void {
  const [sent, received] = rows.values
  for (let row = 0; row < rows.count; row++) {
    if (counted[row] !== 1) continue
    const edge = findEdge(sums, rows, ends, row, nodeOf, book)
    if (edge === unknown) continue
    add(sums.sentRate, edge, sent?.[row] ?? 0)
    add(sums.receivedRate, edge, received?.[row] ?? 0)
  }
}

/** The edge a row of percentiles or bodies belongs to; `unknown` where there is none. */
export function findEdge(
  sums: EdgeSums,
  rows: Rows,
  ends: Ends,
  row: number,
  nodeOf: (end: number) => number,
  book: Codebook,
): number {
  return sums.edges.find(
    nodeOf(ends.source[row] ?? unknown),
    nodeOf(ends.target[row] ?? unknown),
    book.responses.at(rows.response[row] ?? 0, 0),
  )
}

function edgeOf(
  sums: EdgeSums,
  ends: Ends,
  row: number,
  nodeOf: (end: number) => number,
  protocol: number,
): number {
  const from = nodeOf(ends.source[row] ?? unknown)
  return sums.edges.intern(from, nodeOf(ends.target[row] ?? unknown), protocol)
}

function addSecurity(sums: EdgeSums, rows: Rows, row: number, edge: number, weight: number): void {
  const own = rows.policy[row]
  if (own !== policy.unknown) add(sums.secured, edge, weight)
  if (own === policy.mutualTls) add(sums.mutualTls, edge, weight)
  const from = rows.sourcePrincipal[row] ?? unknown
  const to = rows.targetPrincipal[row] ?? unknown
  if (from !== unknown) sums.principals.intern(edge, 0, from)
  if (to !== unknown) sums.principals.intern(edge, 1, to)
}

function add(list: number[], at: number, value: number): void {
  list[at] = (list[at] ?? 0) + value
}

/** Percentiles of edges, by edge. */
export type Percentiles = ReadonlyMap<number, GraphEdge['latencyMs']>

const noLatency: GraphEdge['latencyMs'] = { p50: null, p90: null, p95: null, p99: null }
const noBytes: GraphEdge['bytesPerSecond'] = { sent: null, received: null }

/** The edges as the graph shows them, in the order of `order`. */
export function graphEdges(
  sums: EdgeSums,
  order: readonly number[],
  idOf: (node: number) => string,
  latency: Percentiles,
  book: Codebook,
): GraphEdge[] {
  const { edges } = sums
  const responses = responsesByEdge(sums, book)
  const sourcePrincipals = principalsByEdge(sums, 0, book)
  const targetPrincipals = principalsByEdge(sums, 1, book)
  return order.map((edge) => {
    const protocol = edges.at(edge, 2)
    const isTcp = protocol === tcpProtocol
    const rate = sums.requestRate[edge] ?? 0
    const sent = sums.sentRate[edge]
    const received = sums.receivedRate[edge]
    const secured = sums.secured[edge] ?? 0
    return {
      source: idOf(edges.at(edge, 0)),
      target: idOf(edges.at(edge, 1)),
      protocol: protocols[protocol] ?? 'http',
      requestRate: isTcp ? null : rate,
      errorRatio: isTcp || rate === 0 ? null : share(sums.errorRate[edge], rate),
      bytesPerSecond:
        sent === undefined && received === undefined
          ? noBytes
          : { sent: sent ?? null, received: received ?? null },
      latencyMs: latency.get(edge) ?? noLatency,
      mtls: {
        ratio: secured === 0 ? null : share(sums.mutualTls[edge], secured),
        sourcePrincipals: sourcePrincipals[edge] ?? [],
        destinationPrincipals: targetPrincipals[edge] ?? [],
      },
      responses: responses[edge] ?? [],
    }
  })
}

/** A part of a whole as a ratio; sums of the same numbers in another order must not exceed 1. */
function share(part: number | undefined, whole: number): number {
  return part === undefined ? 0 : Math.min(1, part / whole)
}

function responsesByEdge(sums: EdgeSums, book: Codebook): (readonly GraphResponse[])[] {
  const { names } = book
  const hosts: string[][] = []
  for (let one = 0; one < sums.hosts.size; one++) {
    const host = names.text(sums.hosts.at(one, 1))
    const own = hosts[sums.hosts.at(one, 0)]
    if (own === undefined) hosts[sums.hosts.at(one, 0)] = [host]
    else own.push(host)
  }
  const byEdge: GraphResponse[][] = []
  for (let one = 0; one < sums.responses.size; one++) {
    const own = hosts[one] ?? []
    if (own.length > 1) own.sort()
    const response = {
      code: names.text(sums.responses.at(one, 1)),
      flags: names.text(sums.responses.at(one, 2)),
      rate: sums.responseRate[one] ?? 0,
      hosts: own,
    }
    const list = byEdge[sums.responses.at(one, 0)]
    if (list === undefined) byEdge[sums.responses.at(one, 0)] = [response]
    else list.push(response)
  }
  for (const list of byEdge) {
    if (list !== undefined && list.length > 1) list.sort(byCodeAndFlags)
  }
  return byEdge
}

function byCodeAndFlags(a: GraphResponse, b: GraphResponse): number {
  if (a.code !== b.code) return a.code < b.code ? -1 : 1
  return a.flags < b.flags ? -1 : 1
}

function principalsByEdge(sums: EdgeSums, which: 0 | 1, book: Codebook): (readonly string[])[] {
  const byEdge: string[][] = []
  for (let one = 0; one < sums.principals.size; one++) {
    if (sums.principals.at(one, 1) !== which) continue
    const edge = sums.principals.at(one, 0)
    const principal = book.names.text(sums.principals.at(one, 2))
    const own = byEdge[edge]
    if (own === undefined) byEdge[edge] = [principal]
    else own.push(principal)
  }
  for (const list of byEdge) if (list !== undefined && list.length > 1) list.sort()
  return byEdge
}
