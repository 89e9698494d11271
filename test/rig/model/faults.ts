import { answered, notArrived } from './builder.ts'
import type { Call, ModelWorkload, Outcome, Topology } from './topology.ts'

/** Something planted wrong with one workload. */
export interface Fault {
  readonly kind: FaultKind
  readonly namespace: string
  readonly workload: string
}

export type FaultKind = (typeof faultKinds)[number]

/**
 * `latency`: ten times slower. `errors`: a quarter of the requests get 500.
 * `unreachable`: nothing sent to it arrives (503 UF, only the source sees it).
 * `plaintext`: what it receives travels without mTLS. `idle`: nobody calls it.
 */
const faultKinds = ['latency', 'errors', 'unreachable', 'plaintext', 'idle'] as const

/** Reads `KIND:NAMESPACE/WORKLOAD`; throws with what is allowed. */
export function parseFault(text: string): Fault {
  const match = /^([a-z]+):([^/]+)\/([^/]+)$/.exec(text)
  const kind = faultKinds.find((known) => known === match?.[1])
  if (!match || !kind || !match[2] || !match[3])
    throw new Error(`fault ${text}: expected ${faultKinds.join('|')}:NAMESPACE/WORKLOAD`)
  return { kind, namespace: match[2], workload: match[3] }
}

/** The topology with the faults planted in every cluster that has the workload; throws when none has. */
export function plantFaults(topology: Topology, faults: readonly Fault[]): Topology {
  return faults.reduce(plantFault, topology)
}

function plantFault(topology: Topology, fault: Fault): Topology {
  const hit = (workload: ModelWorkload | undefined): boolean =>
    workload?.namespace === fault.namespace && workload.name === fault.workload
  if (!topology.workloads.some(hit))
    throw new Error(`fault ${fault.kind}: no workload ${fault.namespace}/${fault.workload}`)
  const isHit = (index: number | null): boolean => index !== null && hit(topology.workloads[index])
  switch (fault.kind) {
    case 'latency':
      return {
        ...topology,
        workloads: topology.workloads.map((workload) =>
          hit(workload) ? { ...workload, ownLatencyMs: slower(workload.ownLatencyMs) } : workload,
        ),
      }
    case 'idle':
      return {
        ...topology,
        entries: topology.entries.filter((entry) => !isHit(entry.workload)),
        calls: mapRoutes(topology.calls, (route) => (isHit(route.target) ? null : route)),
      }
    case 'plaintext':
      return {
        ...topology,
        calls: topology.calls.map((call) =>
          call.routes.some((route) => isHit(route.target)) ? { ...call, plaintextShare: 1 } : call,
        ),
      }
    case 'errors':
    case 'unreachable':
      return {
        ...topology,
        calls: mapRoutes(topology.calls, (route, call) =>
          isHit(route.target) && call.protocol !== 'tcp'
            ? { ...route, outcomes: [faultOutcome(fault.kind, call)] }
            : route,
        ),
      }
  }
}

function faultOutcome(kind: FaultKind, { protocol }: Call): Outcome {
  if (kind === 'unreachable') return notArrived('UF', 1, protocol)
  return protocol === 'grpc' ? answered('200', 0.25, '13') : answered('500', 0.25)
}

function slower(ownLatencyMs: ModelWorkload['ownLatencyMs']): ModelWorkload['ownLatencyMs'] {
  return typeof ownLatencyMs === 'number' ? ownLatencyMs * 10 : ownLatencyMs.map((ms) => ms * 10)
}

function mapRoutes(
  calls: readonly Call[],
  change: (route: Call['routes'][number], call: Call) => Call['routes'][number] | null,
): Call[] {
  return calls.flatMap((call) => {
    const routes = call.routes.flatMap((route) => change(route, call) ?? [])
    return routes.length > 0 ? [{ ...call, routes }] : []
  })
}
