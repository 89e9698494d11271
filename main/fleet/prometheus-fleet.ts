import { createEndpoint } from './endpoint.ts'
import type { FleetSnapshot, FleetSource } from './source.ts'
import type { NamedPrometheus } from './telemetry.ts'
import { urlTransport } from './url-transport.ts'

/**
 * A fleet known by its Prometheis alone, with no Kubernetes API at all. One
 * that has a context is a cluster of that name; of one without, clusters are
 * what its series say, so the snapshot shows none, and its failure is a problem of the fleet.
 */
export function createPrometheusFleet(prometheis: readonly NamedPrometheus[]): FleetSource {
  const sinceMs = Date.now()
  const listeners = new Set<() => void>()
  const endpoints = prometheis.map(({ context, url }) => {
    const transport = urlTransport(url)
    const endpoint = createEndpoint({
      name: context === null ? transport.label : `${context} ${transport.label}`,
      label: transport.label,
      fetch: transport.fetch,
      // At once: who was answered then reads why others were not.
      onChange: () => emit(),
    })
    return { context, endpoint, close: () => transport.close() }
  })
  const names = [...new Set(endpoints.flatMap(({ context }) => context ?? []))]
  let snapshot: FleetSnapshot = { revision: 0, atMs: sinceMs, clusters: [] }

  function emit(): void {
    const nameless = endpoints.flatMap(({ context, endpoint }) => {
      const { state, reason, remedy } = endpoint.status()
      if (context !== null || state !== 'failing') return []
      const said = [reason?.replace(`${endpoint.name}: `, ''), remedy].filter(Boolean)
      return [{ file: endpoint.name, reason: said.join('. ') }]
    })
    snapshot = {
      revision: snapshot.revision + 1,
      atMs: Date.now(),
      // Without a context there is no cluster to show it at.
      ...(nameless.length > 0 ? { problems: nameless } : {}),
      clusters: names.flatMap((name) => {
        const own = endpoints.find(({ context }) => context === name)
        if (!own) return []
        const telemetry = own.endpoint.status()
        const failing = telemetry.state === 'failing'
        const state = failing ? 'unreachable' : telemetry.state === 'ready' ? 'ready' : 'connecting'
        return [
          {
            status: {
              name,
              contexts: [name],
              uid: null,
              identityAssumed: true,
              state,
              sinceMs,
              reason: telemetry.reason,
              remedy: telemetry.remedy,
              kubernetesVersion: null,
              telemetry,
            } as const,
            objects: {},
            unreadable: {},
          },
        ]
      }),
    }
    for (const listener of listeners) listener()
  }

  emit()
  for (const { endpoint } of endpoints) void endpoint.probe()

  return {
    timeline: () => ({ mode: 'live' }),
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async ask(question, { signal, clusters, onAnswer } = {}) {
      signal?.throwIfAborted()
      const asked = endpoints.filter(
        ({ context }) => !clusters || context === null || clusters.includes(context),
      )
      return await Promise.all(
        asked.map(async ({ context, endpoint }) => {
          const answer = await endpoint.ask(question, context === null ? [] : [context], signal)
          onAnswer?.(answer)
          return answer
        }),
      )
    },
    seek: () => Promise.reject(new Error('a live fleet has no other time than now')),
    async close() {
      listeners.clear()
      await Promise.all(endpoints.map((endpoint) => endpoint.close()))
    },
  }
}
