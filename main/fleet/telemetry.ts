import {
  findPrometheus,
  type PrometheusCandidate,
  type PromTransport,
  type Question,
  type ServiceFacts,
} from '../prom/index.ts'
import { serviceProxyFetch, type KubeObject } from '../kube/index.ts'
import { createEndpoint, type Endpoint } from './endpoint.ts'
import { forwardTransport, type ForwardTransport } from './forward-transport.ts'
import type { Member } from './member.ts'
import type { AskOptions, EndpointAnswer, FleetSource, TelemetryStatus } from './source.ts'
import { urlTransport, type UrlTransport } from './url-transport.ts'

/** A Prometheus named by the user: for one context, or (null) for every cluster without one of its own. */
export interface NamedPrometheus {
  readonly context: string | null
  readonly url: string
}

/** Where a live fleet's telemetry comes from. */
export interface Telemetry {
  /** To be called when a member may have news: looks for its Prometheus when its Services changed. */
  look(member: Member): void
  status(member: Member): TelemetryStatus
  readonly ask: FleetSource['ask']
  close(): void
}

interface Found {
  services: readonly KubeObject[]
  /** What the candidates were when last looked at. */
  key: string
  candidates: readonly Endpoint[]
  chosen: Endpoint | null
  choosing: Promise<Endpoint | null> | null
}

const missing: TelemetryStatus = {
  state: 'missing',
  endpoint: null,
  reason: 'no Prometheus was found among its Services',
  remedy: 'Install one that scrapes the mesh, or name it with --prometheus CONTEXT=URL.',
  answeredMs: null,
}
const unknown: TelemetryStatus = {
  state: 'unknown',
  endpoint: null,
  reason: null,
  remedy: null,
  answeredMs: null,
}

/** Finds and asks the Prometheis of a fleet's members, all at once. */
export function createTelemetry(options: {
  readonly named: readonly NamedPrometheus[]
  readonly members: () => readonly Member[]
  readonly onChange: (member: Member) => void
}): Telemetry {
  const found = new Map<Member, Found>()
  const urls: UrlTransport[] = []
  const forwards: ForwardTransport[] = []
  const named = options.named.map(({ context, url }) => {
    const transport = urlTransport(url)
    urls.push(transport)
    const endpoint = createEndpoint({
      name: context === null ? transport.label : `${context} ${transport.label}`,
      label: transport.label,
      fetch: transport.fetch,
      onChange: () => {
        for (const member of options.members()) {
          if (namedFor(member) === endpoint) options.onChange(member)
        }
      },
    })
    return { context, endpoint }
  })
  for (const { endpoint } of named) void endpoint.probe()

  function namedFor(member: Member): Endpoint | null {
    const own = named.find(({ context }) => context !== null && member.contexts.includes(context))
    return (own ?? named.find(({ context }) => context === null))?.endpoint ?? null
  }

  function look(member: Member): void {
    if (member.client === null || namedFor(member)) return
    const watch = member.watch()
    const { Service: services, Pod: pods } = watch?.objects() ?? {}
    // Pods are the other way to a Prometheus, so they have to be known too, or known not to be.
    if (!services || (!pods && !watch?.unreadable().Pod)) return
    const known = found.get(member)
    if (known?.services === services) return
    const candidates = findPrometheus(services.map(serviceFacts))
    const key = JSON.stringify(candidates)
    if (known?.key === key) {
      known.services = services
      return
    }
    const endpoints = candidates.map((candidate) => endpointOf(member, candidate))
    found.set(member, { services, key, candidates: endpoints, chosen: null, choosing: null })
    options.onChange(member)
    void choose(member)
  }

  /** The first candidate that answers; null when none does. */
  async function choose(member: Member): Promise<Endpoint | null> {
    const state = found.get(member)
    if (!state) return null
    if (state.chosen) return state.chosen
    state.choosing ??= firstAlive(state.candidates).then((endpoint) => {
      state.chosen = endpoint
      state.choosing = null
      options.onChange(member)
      return endpoint
    })
    return await state.choosing
  }

  function endpointOf(member: Member, candidate: PrometheusCandidate): Endpoint {
    const { namespace, service, port, https, basePath } = candidate
    const label = `Service ${namespace}/${service}`
    const { client } = member
    if (client === null) throw new Error(`${label} belongs to a cluster that is not dialled`)
    const proxied = serviceProxyFetch(client, {
      namespace,
      service,
      port,
      scheme: https ? 'https' : 'http',
    })
    const forward = forwardTransport({
      entry: member.entry,
      allowExec: member.allowExec,
      service: { namespace, name: service, port },
      objects: () => member.watch()?.objects() ?? {},
    })
    forwards.push(forward)
    const fetch = https ? proxied : withFallback(proxied, forward.fetch)
    return createEndpoint({
      name: `${member.entry.name} ${label}:${port}`,
      label,
      fetch: (path, request) => fetch(`${basePath}${path}`, request),
      onChange: () => options.onChange(member),
    })
  }

  function status(member: Member): TelemetryStatus {
    const fixed = namedFor(member)
    if (fixed) return fixed.status()
    const state = found.get(member)
    if (!state) return member.watch()?.unreadable().Service ? cannotLook : unknown
    const endpoint = state.chosen ?? (state.choosing ? null : state.candidates[0])
    return endpoint ? endpoint.status() : state.candidates.length === 0 ? missing : unknown
  }

  /** What to ask for whom; null where there is nobody to ask, with the reason. */
  function targets(clusters: readonly string[] | undefined): Map<Endpoint | Member, string[]> {
    const targets = new Map<Endpoint | Member, string[]>()
    for (const member of options.members()) {
      const { name } = member.entry
      if (member.client === null && namedFor(member) === null) continue
      if (clusters && !clusters.includes(name)) continue
      const target = namedFor(member) ?? member
      const names = targets.get(target)
      if (names) names.push(name)
      else targets.set(target, [name])
    }
    return targets
  }

  async function askMember<Q extends Question>(
    member: Member,
    names: readonly string[],
    question: Q,
    signal: AbortSignal | undefined,
  ): Promise<EndpointAnswer<Q>> {
    const none = { endpoint: member.entry.name, clusters: names, ageSeconds: 0, ok: false } as const
    const { state, reason, remedy } = member.condition()
    if (state === 'unreachable' || state === 'unauthorized' || found.get(member) === undefined) {
      return { ...none, reason: reason ?? 'its Services are not known yet', remedy }
    }
    const endpoint = await choose(member)
    if (endpoint) return await endpoint.ask(question, names, signal)
    const { reason: why, remedy: how } = status(member)
    return { ...none, reason: why ?? 'its telemetry is not known yet', remedy: how }
  }

  return {
    look,
    status,
    async ask<Q extends Question>(question: Q, { signal, clusters, onAnswer }: AskOptions<Q> = {}) {
      signal?.throwIfAborted()
      return await Promise.all(
        [...targets(clusters)].map(async ([target, names]): Promise<EndpointAnswer<Q>> => {
          const answer = await ('entry' in target
            ? askMember(target, names, question, signal)
            : target.ask(question, names, signal))
          onAnswer?.(answer)
          return answer
        }),
      )
    },
    close() {
      for (const transport of [...urls, ...forwards]) void transport.close()
    },
  }
}

const cannotLook: TelemetryStatus = {
  ...missing,
  reason: 'its Services may not be read, so no Prometheus can be found',
}

/** Users who may not use the Service proxy may be allowed to port-forward. */
function withFallback(first: PromTransport, second: PromTransport): PromTransport {
  let refused = false
  return async (path, request) => {
    if (refused) return await second(path, request)
    const response = await first(path, request)
    if (response.status !== 403) return response
    try {
      const other = await second(path, request)
      refused = true
      for await (const _chunk of response.body ?? []) continue
      return other
    } catch {
      return response
    }
  }
}

async function firstAlive(candidates: readonly Endpoint[]): Promise<Endpoint | null> {
  for (const candidate of candidates) if (await candidate.probe()) return candidate
  return null
}

function serviceFacts(service: KubeObject): ServiceFacts {
  const spec = service['spec']
  const ports =
    typeof spec === 'object' && spec !== null && 'ports' in spec && Array.isArray(spec.ports)
      ? (spec.ports as readonly { port?: unknown; name?: unknown }[])
      : []
  return {
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name,
    labels: service.metadata.labels ?? {},
    ports: ports.flatMap(({ port, name }) =>
      typeof port === 'number' ? [{ port, name: typeof name === 'string' ? name : null }] : [],
    ),
  }
}
