export { buildMeshModel } from './build.ts'
export { nodeId, type NodeKind } from './id.ts'
export type { ClusterModel, Mesh, MeshModel, Service, Workload } from './model.ts'
