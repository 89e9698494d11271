import type { Workload } from '../mesh/index.ts'
import type { EdgeSums } from './edges.ts'
import type { Health, HealthReason, HealthStatus } from './graph.ts'
import { protocols, tcpProtocol, type Codebook } from './rows.ts'
import { codeMatcher, type Tolerance } from './tolerance.ts'

/** Below so many requests in the window a ratio says nothing, unless all failed. */
const fewestRequests = 10

/** Worst first; `idle` and `unknown` count only where nothing else does. */
const order: readonly HealthStatus[] = ['failing', 'degraded', 'healthy', 'unknown', 'idle']

/** The worst of several indicators, with all their reasons. */
export function worst(reasons: readonly HealthReason[]): Health {
  const status = order.find((one) => reasons.some((reason) => reason.status === one))
  return { status: status ?? 'unknown', reasons }
}

const directions = ['inbound', 'outbound'] as const

/** Judges each node's requests, in and out, by protocol, against the tolerances. */
export class RequestJudge {
  private readonly tolerances: readonly Tolerance[]
  private readonly windowSeconds: number
  /** Per node, direction and protocol: the rate of all requests, then of those each tolerance is about. */
  private readonly rates: Float64Array
  private readonly width: number

  constructor(
    sums: EdgeSums,
    nodeCount: number,
    book: Codebook,
    tolerances: readonly Tolerance[],
    windowSeconds: number,
  ) {
    this.tolerances = tolerances
    this.windowSeconds = windowSeconds
    this.width = tolerances.length + 1
    this.rates = new Float64Array(nodeCount * directions.length * tcpProtocol * this.width)
    const matchers = tolerances.map(codeMatcher)
    const matched: (readonly number[])[] = []
    for (let ending = 0; ending < sums.endings.size; ending++) {
      const edge = sums.endings.list(ending)
      const response = sums.endings.value(ending)
      const rate = sums.endingRate[ending] ?? 0
      const hits = (matched[response] ??= hitsOf(response, book, tolerances, matchers))
      for (let direction = 0; direction < directions.length; direction++) {
        const node = sums.edges.at(edge, direction === 0 ? 1 : 0)
        this.add(this.place(node, direction, sums.edges.at(edge, 2)), rate, hits)
      }
    }
  }

  /** What the requests of a node say of it; empty where it had none. */
  reasons(node: number): HealthReason[] {
    const reasons: HealthReason[] = []
    for (let direction = 0; direction < directions.length; direction++) {
      for (let protocol = 0; protocol < tcpProtocol; protocol++) {
        const at = this.place(node, direction, protocol)
        if (this.rates[at] !== 0) reasons.push(this.judge(at, direction, protocol))
      }
    }
    return reasons
  }

  private place(node: number, direction: number, protocol: number): number {
    return ((node * directions.length + direction) * tcpProtocol + protocol) * this.width
  }

  private add(at: number, rate: number, hits: readonly number[]): void {
    const { rates } = this
    rates[at] = (rates[at] ?? 0) + rate
    for (const hit of hits) rates[at + 1 + hit] = (rates[at + 1 + hit] ?? 0) + rate
  }

  private judge(at: number, directionNumber: number, protocol: number): HealthReason {
    const { rates, tolerances } = this
    const direction = directions[directionNumber] ?? 'inbound'
    const what = `${direction} ${protocols[protocol]} requests`
    const total = rates[at] ?? 0
    const requests = total * this.windowSeconds
    const samples = Math.round(requests)
    let status: HealthStatus = 'healthy'
    let value = 0
    let failed = 0
    let found: Tolerance | null = null
    for (let one = 0; one < tolerances.length; one++) {
      const tolerance = tolerances[one]
      const ratio = (rates[at + 1 + one] ?? 0) / total
      if (ratio === 0 || tolerance?.directions.includes(direction) !== true) continue
      failed += ratio
      const own = verdict(ratio, tolerance)
      const isWorse = order.indexOf(own) < order.indexOf(status)
      if (!isWorse && !(own === status && ratio > value)) continue
      status = own
      value = ratio
      found = tolerance
    }
    if (requests < fewestRequests - 1e-6 && failed < 1 - 1e-9) {
      const message = `Only ${samples} ${what}: too few to judge by`
      return {
        indicator: 'requests',
        status: 'unknown',
        message,
        value: samples,
        threshold: fewestRequests,
        samples,
      }
    }
    return {
      indicator: 'requests',
      status,
      message: sentence(what, samples, status, value, found),
      value,
      threshold:
        found === null ? null : status === 'failing' ? found.failingRatio : found.degradedRatio,
      samples,
    }
  }
}

/** The tolerances a response is about. */
function hitsOf(
  response: number,
  { names, responses }: Codebook,
  tolerances: readonly Tolerance[],
  matchers: readonly ((code: string) => boolean)[],
): readonly number[] {
  const protocol = protocols[responses.at(response, 0)]
  const code = names.text(responses.at(response, 1))
  return tolerances.flatMap((tolerance, at) =>
    tolerance.protocols.some((own) => own === protocol) && matchers[at]?.(code) === true
      ? [at]
      : [],
  )
}

function verdict(ratio: number, tolerance: Tolerance): HealthStatus {
  if (ratio >= tolerance.failingRatio) return 'failing'
  return ratio >= tolerance.degradedRatio ? 'degraded' : 'healthy'
}

function sentence(
  what: string,
  samples: number,
  status: HealthStatus,
  ratio: number,
  tolerance: Tolerance | null,
): string {
  if (tolerance === null) return `${samples} ${what}, none failed`
  const ended = tolerance.code === '-' ? 'without response' : `with ${tolerance.code}`
  const how = `${percent(ratio)} of ${what} ended ${ended}`
  if (status === 'healthy') return `${how}, within tolerance`
  const threshold = status === 'failing' ? tolerance.failingRatio : tolerance.degradedRatio
  const from = threshold === 0 ? 'when there are any' : `from ${percent(threshold)}`
  return `${how} (${status} ${from})`
}

/** What the lack of any request says. */
export function withoutRequests(hasTelemetry: boolean, windowSeconds: number): HealthReason {
  return {
    indicator: 'requests',
    status: hasTelemetry ? 'idle' : 'unknown',
    message: hasTelemetry
      ? `No requests in the last ${windowSeconds} s`
      : 'No telemetry from this cluster',
    value: null,
    threshold: null,
    samples: hasTelemetry ? 0 : null,
  }
}

/** What a workload's replicas say; null where they are not known. */
export function judgeReplicas(workload: Workload): HealthReason | null {
  const { desired, current, available } = workload.replicas
  if (desired === null || available === null) return null
  const reason = (status: HealthStatus, message: string): HealthReason => ({
    indicator: 'replicas',
    status,
    message: `${workload.name}: ${message}`,
    value: available,
    threshold: desired,
    samples: desired,
  })
  if (desired === 0) return reason('idle', 'scaled to zero')
  if (available === 0) return reason('failing', `none of ${desired} replicas available`)
  if (available < desired || (current !== null && current < desired)) {
    return reason('degraded', `${available} of ${desired} replicas available`)
  }
  // More than wanted (a rollout's surge) is fine as long as the wanted ones serve.
  return reason('healthy', `${available} of ${desired} replicas available`)
}

function percent(ratio: number): string {
  const value = ratio * 100
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toPrecision(2)} %`
}
