export { buildMeshModel } from './build.ts'
export { nodeId, type NodeKind } from './id.ts'
export type { ClusterModel, ControlPlane, Mesh, MeshModel, Service, Workload } from './model.ts'
