import type { Rig } from './index.ts'
import { separateMeshClusters } from './model/index.ts'
import {
  clusterObjects,
  createDemoModel,
  createModel,
  startExporters,
  type Detail,
  type Fault,
  type Model,
} from './model/index.ts'

/** What plays on a rig's shared mesh: the demo shop, or a fleet grown from a seed. */
export interface TrafficOptions {
  /** Workloads of a seeded fleet; without it the demo shop, which needs three clusters. */
  readonly workloads?: number
  readonly edgesPerWorkload?: number
  readonly seed?: number
  readonly faults?: readonly Fault[]
  /** Which series; all latency buckets up to 300 workloads and few above, unless told. */
  readonly detail?: Detail
}

/** Traffic under way. */
export interface Traffic {
  /** The shared mesh's model, and that of the separate meshes where the rig has them. */
  readonly models: readonly Model[]
  close(): Promise<void>
}

/** Above this, workloads are told by series alone, without objects. */
const objectsUpTo = 2_000
const separateWorkloads = 40
/** Above this, two cores cannot scrape all latency buckets every five seconds. */
const allBucketsUpTo = 300

/**
 * Applies the model's objects to each cluster and has each cluster's
 * Prometheus scrape its live exporter.
 */
export async function playTraffic(rig: Rig, options: TrafficOptions = {}): Promise<Traffic> {
  const models = trafficModels(rig, options)
  const closers: (() => Promise<void>)[] = []
  try {
    for (const model of models) {
      const names = model.topology.clusters.map(({ name }) => name)
      const clusters = rig.clusters.filter(({ name }) => names.includes(name))
      if (model.topology.workloads.length <= objectsUpTo)
        await Promise.all(
          clusters.map((cluster) => cluster.apply(clusterObjects(model, cluster.name))),
        )
      const live = await startExporters(model, {
        clusters: clusters.map(({ name }) => name),
        detail:
          options.detail ??
          (model.topology.workloads.length > allBucketsUpTo ? 'coarse' : 'standard'),
      })
      closers.push(() => live.close())
      for (const { cluster: name, port } of live.exporters)
        clusters
          .find((cluster) => cluster.name === name)
          ?.prometheus?.addScrapeTargets('traffic', [
            { targets: [`127.0.0.1:${port}`], labels: { instance: 'traffic-model' } },
          ])
    }
  } catch (error) {
    await Promise.all(closers.map((close) => close()))
    throw error
  }
  return {
    models,
    async close() {
      await Promise.all(closers.map((close) => close()))
    },
  }
}

function trafficModels(rig: Rig, options: TrafficOptions): readonly Model[] {
  const { faults = [], seed = 1 } = options
  const grown = { seed, edgesPerWorkload: options.edgesPerWorkload ?? 4 }
  const separateNames = separateMeshClusters.map(({ name }) => name)
  const shared = rig.clusters.filter(({ name }) => !separateNames.includes(name))
  const separate = rig.clusters.filter(({ name }) => separateNames.includes(name))
  const ofShared =
    options.workloads === undefined && shared.length >= 3
      ? createDemoModel({ faults })
      : createModel({ ...grown, workloads: options.workloads ?? 50, clusters: shared, faults })
  return [
    ofShared,
    ...(separate.length > 0
      ? [createModel({ ...grown, workloads: separateWorkloads, clusters: separate })]
      : []),
  ]
}
