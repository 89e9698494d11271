/**
 * The rig's second tier: clusters whose pods are real processes in network
 * namespaces (Linux, root). Istio, Envoy and the demo run as their manifests say.
 */
export type { Api } from './api.ts'
export { meshTools } from './images.ts'
export { removeDeviations } from './deviations.ts'
export {
  startPodFleet,
  whyNoPods,
  type PodCluster,
  type PodClusterSpec,
  type PodFleet,
} from './fleet.ts'
export { startMesh, type Mesh, type MeshOptions } from './mesh.ts'
export { podStates, untilReady } from './wait.ts'
