import type { Provider } from './cluster/index.ts'
import { seededClusters, separateMeshClusters, type ModelCluster } from './model/index.ts'

/** A cluster of the rig: what the traffic model says of it, and whose it looks like. */
export interface FleetMember extends ModelCluster {
  readonly provider: Provider
}

const providers: readonly Provider[] = ['eks', 'gke', 'kubeadm', 'aks', 'k3s']

/**
 * `count` clusters of one mesh, the demo's three first; with `separateMeshes`
 * two more, each a mesh of its own.
 */
export function fleetMembers(count: number, separateMeshes: boolean): readonly FleetMember[] {
  const members = [...seededClusters(count), ...(separateMeshes ? separateMeshClusters : [])]
  return members.map((cluster, index) => ({
    ...cluster,
    provider: providers[index % providers.length] ?? 'kubeadm',
  }))
}
