import { endKind, type Ends } from './ends.ts'
import { tuples } from './intern.ts'
import { side, unknown, type Rows } from './rows.ts'

/**
 * What both sides' rows must agree on, besides their ends, to tell of the same
 * traffic: for requests the host and how they ended; for percentiles and
 * bodies the protocol; for TCP nothing more, as its connections have flags of
 * their own on each side.
 */
export type Agreement = 'hostAndResponse' | 'protocol' | 'ends'

/** Rows of one kind and who is at their ends. */
export interface Part {
  readonly rows: Rows
  readonly ends: Ends
}

/** The same, with 1 for each row that counts. */
export interface CountedPart extends Part {
  readonly counted: Uint8Array
}

/** What is known of ends that traffic only passes. */
export interface Passage {
  /** Whether an end may stand between caller and destination: a waypoint or a gateway. */
  isBetween(end: number): boolean
}

/**
 * Both ends of a connection, and a waypoint between them, tell of the same
 * traffic. Gives 1 for every row that counts: the destination's account, else
 * the waypoint's, and the source's only for what neither of them tells.
 */
export function countedRows(
  rows: Rows,
  ends: Ends,
  agreement: Agreement,
  protocolOf: (response: number) => number,
  passage: Passage,
): Uint8Array {
  const counted = new Uint8Array(rows.count)
  const flows = tuples()
  const flowOf = new Int32Array(rows.count).fill(unknown)
  const best: number[] = []
  const isExact = agreement === 'hostAndResponse'
  const detail = (row: number) => {
    if (isExact) return rows.response[row] ?? 0
    return agreement === 'protocol' ? protocolOf(rows.response[row] ?? 0) : 0
  }
  for (let row = 0; row < rows.count; row++) {
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    if (from === unknown || to === unknown) continue
    const flow = flows.intern(from, to, isExact ? (rows.host[row] ?? 0) : 0, detail(row))
    flowOf[row] = flow
    const own = rows.side[row] ?? 0
    if (own < (best[flow] ?? 3)) best[flow] = own
  }
  const answered = answeredElsewhere(rows, ends, detail, passage)
  for (let row = 0; row < rows.count; row++) {
    const flow = flowOf[row] ?? unknown
    if (flow !== unknown && rows.side[row] === best[flow] && !answered(row)) counted[row] = 1
  }
  return counted
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
  rows: Rows,
  ends: Ends,
  detail: (row: number) => number,
  passage: Passage,
): (row: number) => boolean {
  interface Answers {
    hasRemote: boolean
    readonly targets: Set<number>
  }
  let index: { readonly keys: ReturnType<typeof tuples>; readonly found: Answers[] } | null = null

  function build() {
    const keys = tuples()
    const found: Answers[] = []
    for (let row = 0; row < rows.count; row++) {
      const from = ends.source[row] ?? unknown
      const to = ends.target[row] ?? unknown
      if (rows.side[row] === side.source || from === unknown || to === unknown) continue
      const key = keys.intern(from, rows.host[row] ?? 0, detail(row))
      const answers = (found[key] ??= { hasRemote: false, targets: new Set() })
      answers.targets.add(to)
      if (ends.all.at(from, 1) !== ends.all.at(to, 1)) answers.hasRemote = true
    }
    return { keys, found }
  }

  return (row) => {
    if (rows.side[row] !== side.source) return false
    const from = ends.source[row] ?? unknown
    const to = ends.target[row] ?? unknown
    const isOpen = ends.all.at(to, 0) !== endKind.workload
    if (!isOpen && !passage.isBetween(to)) return false
    index ??= build()
    const answers = index.found[index.keys.find(from, rows.host[row] ?? 0, detail(row))]
    if (answers === undefined) return false
    return isOpen ? answers.hasRemote : !answers.targets.has(to) || answers.targets.size > 1
  }
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
  const callers = tuples()
  const pairs = tuples()
  const targets = new Set<number>()
  for (const { rows, ends } of [requests, tcp]) {
    for (let row = 0; row < rows.count; row++) {
      const from = ends.source[row] ?? unknown
      const to = ends.target[row] ?? unknown
      if (rows.side[row] !== side.waypoint || from === unknown || to === unknown) continue
      callers.intern(from, rows.host[row] ?? 0)
      pairs.intern(from, to)
      targets.add(to)
    }
  }
  const waypoints = new Set<number>()
  if (pairs.size === 0) return waypoints

  const eachHop = (visit: (part: Part, row: number, from: number, to: number) => void) => {
    for (const part of [requests, tcp]) {
      const { rows, ends } = part
      for (let row = 0; row < rows.count; row++) {
        const from = ends.source[row] ?? unknown
        const to = ends.target[row] ?? unknown
        if (rows.side[row] === side.waypoint || from === unknown || to === unknown) continue
        visit(part, row, from, to)
      }
    }
  }
  // Without objects: who a ztunnel hands a call to that a waypoint tells with another target.
  eachHop(({ rows }, row, from, to) => {
    if (isWaypoint(to)) waypoints.add(to)
    if (isWaypoint(from)) waypoints.add(from)
    if (rows.isZtunnel[row] !== 1) return
    const isCall = callers.find(from, rows.host[row] ?? 0) !== unknown
    if (isCall && pairs.find(from, to) === unknown) waypoints.add(to)
  })
  eachHop(({ rows, ends }, row, from, to) => {
    const isFirstHop = waypoints.has(to) && callers.find(from, rows.host[row] ?? 0) !== unknown
    const isLastHop = waypoints.has(from) && targets.has(to)
    const isWhole = rows.isZtunnel[row] === 1 && pairs.find(from, to) !== unknown
    if (!isFirstHop && !isLastHop && !isWhole) return
    ends.source[row] = unknown
  })
  return waypoints
}
