import type { Flows } from './accounts.ts'
import type { GraphEdge, GraphResponse } from './graph.ts'
import { Lists, Tuples } from './intern.ts'
import type { Nodes } from './nodes.ts'
import { policy, protocols, tcpProtocol, unknown, type Codebook } from './rows.ts'
import { isError } from './tolerance.ts'

/** Edges being summed up: (source node, target node, protocol) tuples and what flowed over each. */
export interface EdgeSums {
  readonly edges: Tuples
  readonly requestRate: Float64Array
  readonly errorRate: Float64Array
  /** Bytes per second; NaN where none were told. */
  readonly sentRate: Float64Array
  readonly receivedRate: Float64Array
  /** How much (requests, or TCP bytes) went over mTLS, and over connections whose security is known. */
  readonly mutualTls: Float64Array
  readonly secured: Float64Array
  readonly sourcePrincipals: Lists
  readonly targetPrincipals: Lists
  /** How requests ended, by edge; values are numbers of `responses`. */
  readonly endings: Lists
  /** Per place in `endings`: requests per second, and the hosts they were sent to. */
  readonly endingRate: Float64Array
  readonly hosts: Lists
}

/** Room for the edges that these flows can make at most. */
export function edgeSums(requests: Flows, tcp: Flows): EdgeSums {
  const edgeCount = requests.pairs.size + tcp.pairs.size
  const perEdge = () => new Float64Array(edgeCount)
  return {
    edges: new Tuples(edgeCount),
    requestRate: perEdge(),
    errorRate: perEdge(),
    sentRate: perEdge().fill(NaN),
    receivedRate: perEdge().fill(NaN),
    mutualTls: perEdge(),
    secured: perEdge(),
    sourcePrincipals: new Lists(edgeCount, edgeCount),
    targetPrincipals: new Lists(edgeCount, edgeCount),
    endings: new Lists(edgeCount, requests.count),
    endingRate: new Float64Array(requests.count),
    hosts: new Lists(requests.count, requests.count),
  }
}

/** Adds requests (value: rate) to their edges. */
export function addRequests(sums: EdgeSums, flows: Flows, nodes: Nodes, book: Codebook): void {
  const { rows, pairOf, flowOf } = flows
  const [rates] = rows.values
  const edges = new EdgeFinder(sums, flows, nodes, 'add')
  const flowRate = new Float64Array(flows.count)
  const flowEdge = new Int32Array(flows.count).fill(unknown)
  for (let row = 0; row < rows.count; row++) {
    const pair = pairOf[row] ?? unknown
    if (pair === unknown) continue
    const rate = rates?.[row] ?? 0
    const edge = edges.of(pair)
    const flow = flowOf[row] ?? 0
    flowRate[flow] = (flowRate[flow] ?? 0) + rate
    flowEdge[flow] = edge
    addSecurity(sums, flows, row, edge, rate)
  }
  const errors = errorResponses(book)
  for (let flow = 0; flow < flows.count; flow++) {
    const edge = flowEdge[flow] ?? unknown
    if (edge === unknown) continue
    const rate = flowRate[flow] ?? 0
    const response = flows.response[flow] ?? 0
    add(sums.requestRate, edge, rate)
    if (errors[response] === 1) add(sums.errorRate, edge, rate)
    const ending = sums.endings.add(edge, response)
    add(sums.endingRate, ending, rate)
    const host = flows.host[flow] ?? unknown
    if (host !== unknown) sums.hosts.add(ending, host)
  }
}

/**
 * Adds bytes (values: sent, received) to edges: of TCP, which makes edges, or
 * of bodies, which are attached to the edges there are.
 */
export function addBytes(sums: EdgeSums, flows: Flows, nodes: Nodes, way: 'add' | 'attach'): void {
  const [sent, received] = flows.rows.values
  const edges = new EdgeFinder(sums, flows, nodes, way)
  for (let row = 0; row < flows.rows.count; row++) {
    const pair = flows.pairOf[row] ?? unknown
    const edge = pair === unknown ? unknown : edges.of(pair)
    if (edge === unknown) continue
    const sentRate = sent?.[row] ?? 0
    const receivedRate = received?.[row] ?? 0
    addToNone(sums.sentRate, edge, sentRate)
    addToNone(sums.receivedRate, edge, receivedRate)
    if (way === 'add') addSecurity(sums, flows, row, edge, sentRate + receivedRate)
  }
}

/** The edges of pairs, each looked up once. */
export class EdgeFinder {
  private readonly edges: Tuples
  private readonly pairs: Tuples
  private readonly nodes: Nodes
  private readonly way: 'add' | 'attach'
  private readonly found: Int32Array

  /** To `attach` is to find edges that are there, to `add` makes those that are not. */
  constructor({ edges }: EdgeSums, { pairs }: Flows, nodes: Nodes, way: 'add' | 'attach') {
    this.edges = edges
    this.pairs = pairs
    this.nodes = nodes
    this.way = way
    this.found = new Int32Array(pairs.size).fill(unasked)
  }

  /** A pair's edge; `unknown` for one that is not there and not added. */
  of(pair: number): number {
    const known = this.found[pair] ?? unknown
    if (known !== unasked) return known
    const { edges, pairs, nodes } = this
    const from = nodes.of(pairs.at(pair, 0))
    const to = nodes.of(pairs.at(pair, 1))
    const protocol = pairs.at(pair, 2)
    const edge =
      this.way === 'add' ? edges.intern(from, to, protocol) : edges.find(from, to, protocol)
    this.found[pair] = edge
    return edge
  }
}

const unasked = -2

function addSecurity(sums: EdgeSums, { rows }: Flows, row: number, edge: number, weight: number) {
  const own = rows.policy[row]
  if (own !== policy.unknown) add(sums.secured, edge, weight)
  if (own === policy.mutualTls) add(sums.mutualTls, edge, weight)
  const from = rows.sourcePrincipal[row] ?? unknown
  const to = rows.targetPrincipal[row] ?? unknown
  if (from !== unknown) sums.sourcePrincipals.add(edge, from)
  if (to !== unknown) sums.targetPrincipals.add(edge, to)
}

function add(list: Float64Array, at: number, value: number): void {
  list[at] = (list[at] ?? 0) + value
}

function addToNone(list: Float64Array, at: number, value: number): void {
  const before = list[at] ?? NaN
  list[at] = Number.isNaN(before) ? value : before + value
}

/** 1 for each response that is an error. */
function errorResponses({ responses, names }: Codebook): Uint8Array {
  const errors = new Uint8Array(responses.size)
  for (let response = 0; response < errors.length; response++) {
    const protocol = protocols[responses.at(response, 0)] === 'grpc' ? 'grpc' : 'http'
    errors[response] = isError(protocol, names.text(responses.at(response, 1))) ? 1 : 0
  }
  return errors
}

/** Percentiles of edges, by edge. */
export type Percentiles = ReadonlyMap<number, GraphEdge['latencyMs']>

const noLatency: GraphEdge['latencyMs'] = { p50: null, p90: null, p95: null, p99: null }
const noBytes: GraphEdge['bytesPerSecond'] = { sent: null, received: null }

/** The edges as the graph shows them, in the order of `order`; `ids` are those of the nodes. */
export function graphEdges(
  sums: EdgeSums,
  order: Int32Array,
  ids: readonly string[],
  latency: Percentiles,
  book: Codebook,
): GraphEdge[] {
  const texts = new TextLists(book)
  const shown: GraphEdge[] = []
  for (const edge of order) shown.push(graphEdge(sums, edge, ids, latency, texts, book))
  return shown
}

function graphEdge(
  sums: EdgeSums,
  edge: number,
  ids: readonly string[],
  latency: Percentiles,
  texts: TextLists,
  book: Codebook,
): GraphEdge {
  const { edges } = sums
  const protocol = edges.at(edge, 2)
  const isTcp = protocol === tcpProtocol
  const rate = sums.requestRate[edge] ?? 0
  const sent = sums.sentRate[edge] ?? NaN
  const secured = sums.secured[edge] ?? 0
  return {
    source: ids[edges.at(edge, 0)] ?? '',
    target: ids[edges.at(edge, 1)] ?? '',
    protocol: protocols[protocol] ?? 'http',
    requestRate: isTcp ? null : rate,
    errorRatio: isTcp || rate === 0 ? null : share(sums.errorRate[edge] ?? 0, rate),
    bytesPerSecond: Number.isNaN(sent)
      ? noBytes
      : { sent, received: sums.receivedRate[edge] ?? null },
    latencyMs: latency.get(edge) ?? noLatency,
    mtls: {
      ratio: secured === 0 ? null : share(sums.mutualTls[edge] ?? 0, secured),
      sourcePrincipals: texts.of(sums.sourcePrincipals, edge),
      destinationPrincipals: texts.of(sums.targetPrincipals, edge),
    },
    responses: responsesOf(sums, edge, texts, book),
  }
}

/** A part of a whole as a ratio; sums of the same numbers in another order must not exceed 1. */
function share(part: number, whole: number): number {
  return Math.min(1, part / whole)
}

function responsesOf(
  sums: EdgeSums,
  edge: number,
  texts: TextLists,
  { names, responses }: Codebook,
): GraphResponse[] {
  const { endings } = sums
  const found: GraphResponse[] = []
  for (let place = endings.first(edge); place !== unknown; place = endings.next(place)) {
    const response = endings.value(place)
    found.push({
      code: names.text(responses.at(response, 1)),
      flags: names.text(responses.at(response, 2)),
      rate: sums.endingRate[place] ?? 0,
      hosts: texts.of(sums.hosts, place),
    })
  }
  return found.length > 1 ? found.sort(byCodeAndFlags) : found
}

function byCodeAndFlags(a: GraphResponse, b: GraphResponse): number {
  if (a.code !== b.code) return a.code < b.code ? -1 : 1
  return a.flags < b.flags ? -1 : 1
}

const noTexts: readonly string[] = []

/** Lists of names in order; those of one name, which most are, are shared. */
class TextLists {
  private readonly book: Codebook
  private readonly single: (readonly string[])[] = []

  constructor(book: Codebook) {
    this.book = book
  }

  of(from: Lists, list: number): readonly string[] {
    const { names } = this.book
    const first = from.first(list)
    if (first === unknown) return noTexts
    if (from.next(first) === unknown) {
      const code = from.value(first)
      return (this.single[code] ??= [names.text(code)])
    }
    const several: string[] = []
    for (let place = first; place !== unknown; place = from.next(place)) {
      several.push(names.text(from.value(place)))
    }
    return several.sort()
  }
}
