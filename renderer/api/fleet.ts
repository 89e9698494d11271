import { graphql } from './generated/index.ts'
import type { FleetChangesSubscription } from './generated/graphql.ts'

/** The fleet as pages read it, and its changes. */
export const fleetChanges = graphql(`
  subscription FleetChanges {
    fleetChanged {
      reset
      at
      revision
      upsertedClusters {
        id
        name
        contexts
        uid
        identityAssumed
        state
        since
        reason
        remedy
        kubernetesVersion
        provider
        distribution
        region
        controlPlanes {
          name
          namespace
          revision
          version
          ready
        }
        istioClusterId
        meshId
        network
        trustDomain
        rootFingerprint
        counts {
          nodes
          namespaces
          workloads
          services
          gateways
        }
        telemetry {
          state
          endpoint
          reason
          remedy
          answeredAt
        }
        unreadable {
          kind
          reason
        }
      }
      removedClusterIds
      meshes {
        id
        name
        clusters {
          id
        }
      }
      problems {
        file
        reason
      }
    }
  }
`)

/** What one event of the fleet says. */
export type FleetChange = FleetChangesSubscription['fleetChanged']
/** A cluster as pages show it. */
export type Cluster = FleetChange['upsertedClusters'][number]
/** A mesh and which clusters are in it. */
export type Mesh = FleetChange['meshes'][number]

/** The fleet at one moment, as the page knows it. */
export interface Fleet {
  readonly at: string
  /** The backend's (or a recording's) clock less the page's, for "2 min ago". */
  readonly clockOffsetMs: number
  readonly revision: number
  /** In the order in which the backend gave them first. */
  readonly clusters: readonly Cluster[]
  readonly meshes: readonly Mesh[]
  /** Kubeconfig files, or entries of them, that could not be read. */
  readonly problems: FleetChange['problems']
}

/** Applies one event to what was known. Clusters keep their place; new ones come last. */
export function applyFleetChange(known: Fleet | null, change: FleetChange, nowMs: number): Fleet {
  const removed = new Set(change.removedClusterIds)
  const clusters = new Map<string, Cluster>()
  if (!change.reset) {
    for (const cluster of known?.clusters ?? []) {
      if (!removed.has(cluster.id)) clusters.set(cluster.id, cluster)
    }
  }
  for (const cluster of change.upsertedClusters) clusters.set(cluster.id, cluster)
  return {
    at: change.at,
    clockOffsetMs: Date.parse(change.at) - nowMs,
    revision: change.revision,
    clusters: [...clusters.values()],
    meshes: change.meshes,
    problems: change.problems,
  }
}
