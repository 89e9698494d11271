import { computeFlows } from './flows.ts'
import type { Flow } from './flows.ts'
import { plantFaults } from './faults.ts'
import type { Fault } from './faults.ts'
import { demoTopology } from './demo.ts'
import { demoClusters } from './demo-workloads.ts'
import { seededTopology } from './seeded.ts'
import { flowSeries } from './series.ts'
import type { SeriesGroup } from './series.ts'
import type { ModelCluster, Topology } from './topology.ts'

/** A fleet with its traffic. Immutable; every output is a pure function of it and a time. */
export interface Model {
  readonly topology: Topology
  readonly flows: readonly Flow[]
  /** What each cluster's Prometheus would hold. */
  readonly groups: ReadonlyMap<string, readonly SeriesGroup[]>
}

/** What a model is made from. */
export interface ModelOptions {
  /** All workloads of all clusters, gateways included. */
  readonly workloads: number
  readonly clusters: readonly ModelCluster[]
  readonly edgesPerWorkload?: number
  readonly seed: number
  readonly faults?: readonly Fault[]
}

/** A fleet grown from a seed: the same options give the same bytes. Its rates never change. */
export function createModel(options: ModelOptions): Model {
  const { edgesPerWorkload = 4, faults = [] } = options
  return compile(plantFaults(seededTopology({ ...options, edgesPerWorkload }), faults))
}

/** The hand-made demo shop on three clusters, with waves of demand and an incident in each ten-minute loop. */
export function createDemoModel(options: { readonly faults?: readonly Fault[] } = {}): Model {
  return compile(plantFaults(demoTopology(), options.faults ?? []))
}

/** Makes a model of any topology. Throws when two proxies would export the same series. */
function compile(topology: Topology): Model {
  const flows = computeFlows(topology)
  const clusters = new Map(topology.clusters.map((cluster) => [cluster.name, cluster]))
  const groups = new Map<string, SeriesGroup[]>(topology.clusters.map(({ name }) => [name, []]))
  const seen = new Set<string>()
  for (const flow of flows)
    for (const group of flowSeries(flow, clusters)) {
      const key = `${group.cluster} ${group.family} ${Object.values(group.labels).join('|')}`
      if (seen.has(key)) throw new Error(`two flows make the same series: ${key}`)
      seen.add(key)
      groups.get(group.cluster)?.push(group)
    }
  return { topology, flows, groups }
}

export { demoClusters }

/**
 * Two clusters that are each a mesh of its own and both call themselves
 * `Kubernetes`, every stand-alone install's default.
 */
export const separateMeshClusters: readonly ModelCluster[] = ['solo-a', 'solo-b'].map((name) => ({
  name,
  istioClusterId: 'Kubernetes',
  network: '',
  mesh: name,
}))

/** `count` clusters of one mesh for seeded models: the demo's three, then `cluster-4` and so on. */
export function seededClusters(count: number): readonly ModelCluster[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `cluster-${index + 1}`
    return (
      demoClusters[index] ?? {
        name,
        istioClusterId: name,
        network: `network-${1 + (index % 2)}`,
        mesh: 'shop-mesh',
      }
    )
  })
}
