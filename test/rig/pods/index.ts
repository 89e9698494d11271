/**
 * The rig's second tier: clusters whose pods are real processes in network
 * namespaces (Linux, root). Istio, Envoy and the demo run as their manifests say.
 */
export { ApiError, openApi, type Api } from './api.ts'
export { removeDeviations } from './deviations.ts'
export {
  startPodFleet,
  whyNoPods,
  type PodCluster,
  type PodClusterSpec,
  type PodFleet,
} from './fleet.ts'
export { demoNamespaceName, startMesh, type Mesh, type MeshOptions } from './mesh.ts'
export { podStates, untilObject, untilReady } from './wait.ts'
