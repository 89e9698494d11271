export { createKubeClient, type KubeClient } from './client.ts'
export { createDispatcher } from './dispatcher.ts'
export { discoverKinds } from './discovery.ts'
export { explainFailure, KubeStatusError, type Failure } from './errors.ts'
export {
  kubeconfigFiles,
  loadKubeconfig,
  type ContextEntry,
  type Kubeconfig,
} from './kubeconfig.ts'
export { watchFiles } from './kubeconfig-watch.ts'
export type { KubeObject, ResourceKind } from './object.ts'
export { jitter, pause } from './pause.ts'
export { forwardToPod, type PodForward } from './port-forward.ts'
export { startReflector, type Reflector } from './reflector.ts'
export { definitions, resources, type Resource } from './resources.ts'
export { serviceProxyFetch } from './service-proxy.ts'
