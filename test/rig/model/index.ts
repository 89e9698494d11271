/** The traffic model: a fleet, its telemetry and its objects as pure functions of a seed and a time. */
export { writeBlocks, type BlockOptions } from './blocks.ts'
export { differences, type CompareOptions } from './compare.ts'
export { originMs } from './clock.ts'
export {
  clusterSeries,
  details,
  expositionText,
  type ClusterSeries,
  type Detail,
} from './exposition.ts'
export { startExporters, type Exporter, type Exporters } from './exporter.ts'
export { parseFault, type Fault } from './faults.ts'
export {
  createDemoModel,
  createModel,
  demoClusters,
  seededClusters,
  separateMeshClusters,
  type Model,
  type ModelOptions,
} from './model.ts'
export { clusterObjects, type Manifest } from './objects.ts'
export { controlPlaneObjects } from './mesh-objects.ts'
export { modelSnapshot } from './snapshot.ts'
export { edgesAnswer, type TableOptions } from './tables.ts'
export { modelTruth, type TruthGraph, type TruthNode, type TruthOptions } from './truth.ts'
export type { ModelCluster, ModelService, ModelWorkload } from './topology.ts'
