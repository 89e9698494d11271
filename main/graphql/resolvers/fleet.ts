import type { Resolvers } from '../generated/resolvers.ts'
import type { Engine } from '../engine.ts'
import { eachOf } from '../latest.ts'

const iso = (ms: number) => new Date(ms).toISOString()

const unknownCounts = {
  nodes: null,
  namespaces: null,
  workloads: null,
  services: null,
  gateways: null,
}

/** The moment looked at, not that of the last change, which may be hours ago: ages are told from it. */
function momentMs(engine: Engine): number {
  const timeline = engine.timeline()
  return timeline.mode === 'live' ? Date.now() : timeline.positionMs
}

/** Clusters and meshes. */
export const fleetResolvers: Resolvers = {
  Query: {
    fleet: (_root, _args, { engine }) => engine.fleet(),
  },
  Subscription: {
    fleetChanged: {
      subscribe: (_root, _args, { engine }) =>
        eachOf(engine.fleetChanges(), (fleetChanged) => ({ fleetChanged })),
    },
  },
  Fleet: {
    at: (_fleet, _args, { engine }) => iso(momentMs(engine)),
    revision: ({ snapshot }) => snapshot.revision,
    problems: ({ snapshot }) => snapshot.problems ?? [],
  },
  FleetChange: {
    at: (_change, _args, { engine }) => iso(momentMs(engine)),
    revision: ({ view }) => view.snapshot.revision,
    meshes: ({ view }) => view.meshes,
    problems: ({ view }) => view.snapshot.problems ?? [],
  },
  Cluster: {
    name: ({ snapshot }) => snapshot.status.name,
    contexts: ({ snapshot }) => snapshot.status.contexts,
    uid: ({ snapshot }) => snapshot.status.uid,
    identityAssumed: ({ snapshot }) => snapshot.status.identityAssumed,
    state: ({ snapshot }) => snapshot.status.state,
    since: ({ snapshot }) => iso(snapshot.status.sinceMs),
    reason: ({ snapshot }) => snapshot.status.reason,
    remedy: ({ snapshot }) => snapshot.status.remedy,
    kubernetesVersion: ({ snapshot }) => snapshot.status.kubernetesVersion,
    provider: ({ model }) => model?.provider ?? 'unknown',
    distribution: ({ model }) => model?.distribution ?? 'unknown',
    region: ({ model }) => model?.region ?? null,
    controlPlanes: ({ model }) => model?.controlPlanes ?? [],
    istioClusterId: ({ model }) => model?.istioClusterId ?? null,
    mesh: ({ model, view }) => view.meshes.find(({ mesh }) => mesh.id === model?.mesh) ?? null,
    meshId: ({ model }) => model?.meshId ?? null,
    network: ({ model }) => model?.network ?? null,
    trustDomain: ({ model }) => model?.trustDomain ?? null,
    rootFingerprint: ({ model }) => model?.rootFingerprint ?? null,
    counts: ({ model }) => model?.counts ?? unknownCounts,
    telemetry: ({ snapshot }) => {
      const { answeredMs, ...telemetry } = snapshot.status.telemetry
      return { ...telemetry, answeredAt: answeredMs === null ? null : iso(answeredMs) }
    },
    unreadable: ({ snapshot }) =>
      Object.entries(snapshot.unreadable).map(([kind, reason]) => ({ kind, reason })),
  },
  Mesh: {
    name: ({ mesh }) => mesh.name,
    clusters: ({ mesh, view }) =>
      view.clusters.filter(({ snapshot }) => mesh.clusters.includes(snapshot.status.name)),
  },
}
