import { endKind, type Ends } from './ends.ts'
import { Lists, Tuples } from './intern.ts'
import { side, unknown, type Codebook, type Rows } from './rows.ts'

/**
 * What both sides' rows must agree on, besides their ends, to tell of the same
 * traffic: for requests the host and how they ended; for percentiles, bodies
 * and TCP (whose connections have flags of their own on each side) only the
 * protocol.
 */
export type Agreement = 'hostAndResponse' | 'protocol'

/** Rows of one kind and who is at their ends. */
export interface Part {
  readonly rows: Rows
  readonly ends: Ends
}

/** The rows that count, sorted into flows: what one source sent one target in one way. */
export interface Flows extends Part {
  /** (source, target, protocol) of flows. */
  readonly pairs: Tuples
  /** Per row its pair; `unknown` for a row that does not count. */
  readonly pairOf: Int32Array
  /** Per row its flow; flows of one pair differ in host and response, where these matter. */
  readonly flowOf: Int32Array
  readonly count: number
  /** Per flow. */
  readonly host: Int32Array
  readonly response: Int32Array
}

/** What is known of ends that traffic only passes. */
export interface Passage {
  /** Whether an end may stand between caller and destination: a waypoint or a gateway. */
  isBetween(end: number): boolean
}

/**
 * Both ends of a connection, and a waypoint between them, tell of the same
 * traffic. What counts is the destination's account, else the waypoint's, and
 * the source's only for what neither of them tells.
 */
export function chooseAccounts(
  { rows, ends }: Part,
  agreement: Agreement,
  book: Codebook,
  passage: Passage,
): Flows {
  const pairs = new Tuples(rows.count)
  const pairOf = new Int32Array(rows.count)
  const flowOf = new Int32Array(rows.count)
  const isExact = agreement === 'hostAndResponse'
  // Flows of a pair as a chain: mostly there is one, so no table is needed to find it.
  const first = new Int32Array(rows.count).fill(unknown)
  const next = new Int32Array(rows.count)
  const host = new Int32Array(rows.count)
  const response = new Int32Array(rows.count)
  const best = new Uint8Array(rows.count).fill(side.source + 1)
  let count = 0

  function flowIn(pair: number, ownHost: number, ownResponse: number): number {
    let flow = first[pair] ?? unknown
    while (flow !== unknown && (host[flow] !== ownHost || response[flow] !== ownResponse)) {
      flow = next[flow] ?? unknown
    }
    if (flow !== unknown) return flow
    host[count] = ownHost
    response[count] = ownResponse
    next[count] = first[pair] ?? unknown
    first[pair] = count
    return count++
  }

  for (let row = 0; row < rows.count; row++) {
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (from === unknown || to === unknown) {
      pairOf[row] = unknown
      continue
    }
    const own = rows.response[row] ?? 0
    const pair = pairs.intern(from, to, book.responses.at(own, 0))
    const flow = isExact ? flowIn(pair, rows.host[row] ?? 0, own) : flowIn(pair, 0, 0)
    pairOf[row] = pair
    flowOf[row] = flow
    const ownSide = rows.side[row] ?? 0
    if (ownSide < (best[flow] ?? 0)) best[flow] = ownSide
  }
  const answered = answeredElsewhere({ rows, ends }, isExact, passage)
  for (let row = 0; row < rows.count; row++) {
    if (pairOf[row] === unknown) continue
    if (rows.side[row] !== best[flowOf[row] ?? 0] || answered(row)) pairOf[row] = unknown
  }
  return { rows, ends, pairs, pairOf, flowOf, count, host, response }
}

/**
 * Whether a source's row that names no workload, or only one in between, is
 * told better by another row: the destination in another cluster, or the one
 * behind the waypoint or gateway, knows this caller.
 *
 * Within a cluster a request without a workload is believed: there destinations
 * are known by name, and what is left went to one without a proxy or nowhere.
 */
function answeredElsewhere(
  part: Part,
  isExact: boolean,
  passage: Passage,
): (row: number) => boolean {
  const { rows, ends } = part
  let index: AnswerIndex | null = null
  return (row) => {
    if (rows.side[row] !== side.source) return false
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    const isOpen = ends.all.at(to, 0) !== endKind.workload
    if (!isOpen && !passage.isBetween(to)) return false
    index ??= indexAnswers(part, isExact)
    const key = index.keys.find(from, rows.host[row] ?? 0, detailOf(rows, row, isExact))
    if (key === unknown) return false
    if (isOpen) return index.remote[key] === 1
    const latest = index.targets.first(key)
    return index.targets.value(latest) !== to || index.targets.next(latest) !== unknown
  }
}

/** By caller, host and response: who answered, and whether any in another cluster. */
interface AnswerIndex {
  readonly keys: Tuples
  readonly targets: Lists
  readonly remote: Uint8Array
}

function indexAnswers({ rows, ends }: Part, isExact: boolean): AnswerIndex {
  const keys = new Tuples(rows.count)
  const targets = new Lists(rows.count, rows.count)
  const remote = new Uint8Array(rows.count)
  for (let row = 0; row < rows.count; row++) {
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (rows.side[row] === side.source || from === unknown || to === unknown) continue
    const key = keys.intern(from, rows.host[row] ?? 0, detailOf(rows, row, isExact))
    targets.add(key, to)
    if (ends.all.at(from, 1) !== ends.all.at(to, 1)) remote[key] = 1
  }
  return { keys, targets, remote }
}

function detailOf(rows: Rows, row: number, isExact: boolean): number {
  return isExact ? (rows.response[row] ?? 0) : 0
}

/**
 * Leaves out what ztunnels and proxies tell of the hops of traffic whose whole
 * way a waypoint tells: client to waypoint, and waypoint to server. Gives the
 * ends that turned out to be waypoints, besides those known to be.
 */
export function dropWaypointHops(
  requests: Part,
  tcp: Part,
  isWaypoint: (end: number) => boolean,
): ReadonlySet<number> {
  const told: WaypointAccounts = {
    callers: new Tuples(),
    pairs: new Tuples(),
    targets: new Set(),
    waypoints: new Set(),
  }
  for (const part of [requests, tcp]) noteWaypointAccounts(part, told)
  if (told.pairs.size === 0) return told.waypoints
  for (const part of [requests, tcp]) noteWaypoints(part, told, isWaypoint)
  for (const part of [requests, tcp]) dropHops(part, told)
  return told.waypoints
}

/** What waypoints tell, and who they are. */
interface WaypointAccounts {
  /** (caller, host). */
  readonly callers: Tuples
  /** (caller, target). */
  readonly pairs: Tuples
  readonly targets: Set<number>
  readonly waypoints: Set<number>
}

function noteWaypointAccounts({ rows, ends }: Part, told: WaypointAccounts): void {
  for (let row = 0; row < rows.count; row++) {
    if (rows.side[row] !== side.waypoint) continue
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (from === unknown || to === unknown) continue
    told.callers.intern(from, rows.host[row] ?? 0)
    told.pairs.intern(from, to)
    told.targets.add(to)
  }
}

/** Without objects: who a ztunnel hands a call to that a waypoint tells with another target. */
function noteWaypoints(
  { rows, ends }: Part,
  { callers, pairs, waypoints }: WaypointAccounts,
  isWaypoint: (end: number) => boolean,
): void {
  for (let row = 0; row < rows.count; row++) {
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (rows.side[row] === side.waypoint || from === unknown || to === unknown) continue
    if (isWaypoint(to)) waypoints.add(to)
    if (isWaypoint(from)) waypoints.add(from)
    if (rows.isZtunnel[row] !== 1) continue
    const isCall = callers.find(from, rows.host[row] ?? 0) !== unknown
    if (isCall && pairs.find(from, to) === unknown) waypoints.add(to)
  }
}

function dropHops({ rows, ends }: Part, told: WaypointAccounts): void {
  const { callers, pairs, targets, waypoints } = told
  for (let row = 0; row < rows.count; row++) {
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (rows.side[row] === side.waypoint || from === unknown || to === unknown) continue
    const isFirstHop = waypoints.has(to) && callers.find(from, rows.host[row] ?? 0) !== unknown
    const isLastHop = waypoints.has(from) && targets.has(to)
    const isWhole = rows.isZtunnel[row] === 1 && pairs.find(from, to) !== unknown
    if (isFirstHop || isLastHop || isWhole) ends.source[row] = unknown
  }
}
