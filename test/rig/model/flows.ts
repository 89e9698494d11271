import { basisSize } from './clock.ts'
import type { LatencyProfile } from './latency.ts'
import { inPhase } from './topology.ts'
import type { Call, ModelService, ModelWorkload, Outcome, Route, Topology } from './topology.ts'

/** What flows from one workload to another over one call and route, by how requests end. */
export interface Flow {
  readonly call: Call
  /** Null for a client outside the mesh. */
  readonly source: ModelWorkload | null
  /** Null where no workload was ever chosen. */
  readonly target: ModelWorkload | null
  /** Null for hosts the mesh does not know. */
  readonly service: ModelService | null
  /** False for the part that travels in plaintext. */
  readonly secure: boolean
  readonly unknownCluster: Route['unknownCluster']
  readonly branches: readonly Branch[]
  /** Time from request to answer as the destination's proxy sees it, by phase. */
  readonly latency: readonly LatencyProfile[]
  /** What the wire adds in the source's view. */
  readonly networkMs: number
}

/** Requests (or TCP connections) that end alike. */
export interface Branch {
  readonly code: string
  readonly grpcStatus: string | null
  readonly flags: string
  readonly seenBy: Outcome['seenBy']
  /** Per second, as coefficients of the clock's basis functions. */
  readonly rate: Float64Array
}

/**
 * Lets demand run through the topology, callers before callees, phase by
 * phase, so that in every instant what a workload sends is its calls' ratio of
 * what arrived at it. Throws when calls form a cycle.
 */
export function computeFlows(topology: Topology): readonly Flow[] {
  const { workloads, services, calls, clock } = topology
  const order = callOrder(topology)
  const callsBySource = groupBySource(calls)
  const latency = serviceTimes(topology, order, callsBySource)
  const size = basisSize(clock)
  const arrived = workloads.map(() => new Float64Array(size))
  const phaseCount = clock.phases.length
  for (const entry of topology.entries) {
    const at = arrived[entry.workload]
    if (at) addOnTide(at, entry.ratePerSecond, entry.tide, phaseCount)
  }
  const flows: Flow[] = []
  const run = (call: Call): void => {
    const demand = new Float64Array(size)
    if (call.demand.kind === 'perSecond')
      addOnTide(demand, call.demand.rate, call.demand.tide, phaseCount)
    else if (call.source !== null) {
      const inbound = arrived[call.source]
      for (let index = 0; index < size; index++)
        demand[index] = (inbound?.[index] ?? 0) * call.demand.ratio
    }
    const source = call.source === null ? null : (workloads[call.source] ?? null)
    const service =
      call.destination.kind === 'service' ? (services[call.destination.service] ?? null) : null
    for (const route of call.routes) {
      const target = route.target === null ? null : (workloads[route.target] ?? null)
      const routed = scaled(demand, route.share, phaseCount)
      const branches = splitByOutcome(routed, call, route, phaseCount)
      // A waypoint hands on requests that its HTTP series already count for the target.
      if (route.target !== null && source?.role !== 'waypoint')
        for (const branch of branches)
          if (branch.seenBy === 'both') add(arrived[route.target], branch.rate)
      const shared = {
        call,
        source,
        target,
        service,
        unknownCluster: route.unknownCluster,
        latency:
          (route.target === null ? undefined : latency[route.target]) ??
          unreached(clock.phases.length),
        networkMs: source && target && source.cluster !== target.cluster ? 18 : 0.6,
      }
      if (call.plaintextShare < 1)
        flows.push({
          ...shared,
          secure: true,
          branches: scaleBranches(branches, 1 - call.plaintextShare),
        })
      if (call.plaintextShare > 0)
        flows.push({
          ...shared,
          secure: false,
          branches: scaleBranches(branches, call.plaintextShare),
        })
    }
  }
  for (const call of callsBySource.get(null) ?? []) run(call)
  for (const workload of order) for (const call of callsBySource.get(workload) ?? []) run(call)
  return flows
}

function groupBySource(calls: readonly Call[]): Map<number | null, Call[]> {
  const bySource = new Map<number | null, Call[]>()
  for (const call of calls) {
    const known = bySource.get(call.source)
    if (known) known.push(call)
    else bySource.set(call.source, [call])
  }
  return bySource
}

/** Workload indexes, callers before callees. */
function callOrder(topology: Topology): readonly number[] {
  const waiting = topology.workloads.map(() => 0)
  const edges = topology.calls.flatMap((call) =>
    call.source === null
      ? []
      : call.routes.flatMap((route) =>
          route.target === null ? [] : [{ from: call.source, to: route.target }],
        ),
  )
  const targets = new Map<number | null, number[]>()
  for (const { from, to } of edges) {
    waiting[to] = (waiting[to] ?? 0) + 1
    targets.set(from, [...(targets.get(from) ?? []), to])
  }
  const order = topology.workloads.flatMap((_, index) => (waiting[index] === 0 ? [index] : []))
  for (const from of order)
    for (const to of targets.get(from) ?? []) {
      const left = (waiting[to] ?? 0) - 1
      waiting[to] = left
      if (left === 0) order.push(to)
    }
  if (order.length < topology.workloads.length) throw new Error('calls form a cycle')
  return order
}

/** What each workload takes to answer, by phase: its own work and, on average, what it waits for. */
function serviceTimes(
  topology: Topology,
  order: readonly number[],
  callsBySource: ReadonlyMap<number | null, readonly Call[]>,
): readonly (readonly LatencyProfile[])[] {
  const times: LatencyProfile[][] = topology.workloads.map(() => [])
  for (const index of order.toReversed()) {
    const workload = topology.workloads[index]
    if (!workload) continue
    times[index] = topology.clock.phases.map((_, phase) => {
      let medianMs = inPhase(workload.ownLatencyMs, phase)
      for (const call of callsBySource.get(index) ?? []) {
        const ratio = call.demand.kind === 'perRequest' ? Math.min(1, call.demand.ratio) : 0
        for (const route of call.routes) {
          const callee = route.target === null ? undefined : times[route.target]?.[phase]
          if (call.protocol !== 'tcp')
            medianMs += ratio * inPhase(route.share, phase) * (callee?.medianMs ?? 0)
        }
      }
      return { medianMs, sigma: workload.latencySigma }
    })
  }
  return times
}

function unreached(phaseCount: number): readonly LatencyProfile[] {
  return Array.from({ length: phaseCount }, () => ({ medianMs: 2, sigma: 0.5 }))
}

/** The route's requests by outcome; the rest succeeded. Shares are of the whole route. */
function splitByOutcome(
  routed: Float64Array,
  call: Call,
  route: Route,
  phaseCount: number,
): readonly Branch[] {
  const rest = Float64Array.from(routed)
  const branches = route.outcomes.map(({ share, ...end }) => {
    const rate = scaled(routed, share, phaseCount)
    for (const [index, part] of rate.entries()) rest[index] = Math.max(0, (rest[index] ?? 0) - part)
    return { ...end, rate }
  })
  const success: Branch = {
    code: call.protocol === 'tcp' ? '' : '200',
    grpcStatus: call.protocol === 'grpc' ? '0' : null,
    flags: '-',
    seenBy: route.target === null ? 'source' : 'both',
    rate: rest,
  }
  return [success, ...branches].filter((branch) => branch.rate.some((part) => part > 0))
}

function scaleBranches(branches: readonly Branch[], factor: number): readonly Branch[] {
  if (factor === 1) return branches
  return branches.map((branch) => ({ ...branch, rate: branch.rate.map((part) => part * factor) }))
}

function scaled(rate: Float64Array, share: Route['share'], phaseCount: number): Float64Array {
  return rate.map((part, index) => part * inPhase(share, index % phaseCount))
}

function add(to: Float64Array | undefined, rate: Float64Array): void {
  if (to) for (const [index, part] of rate.entries()) to[index] = (to[index] ?? 0) + part
}

function addOnTide(
  to: Float64Array,
  ratePerSecond: number,
  tide: number,
  phaseCount: number,
): void {
  for (let phase = 0; phase < phaseCount; phase++) {
    const index = tide * phaseCount + phase
    to[index] = (to[index] ?? 0) + ratePerSecond
  }
}
