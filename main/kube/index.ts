export { createKubeClient, type KubeClient, type KubeRequest, type KubeResponse } from './client.ts'
export { discoverKinds } from './discovery.ts'
export { CredentialError, explainFailure, KubeStatusError, type Failure } from './errors.ts'
export {
  kubeconfigFiles,
  loadKubeconfig,
  type ContextEntry,
  type ExecPlugin,
  type Kubeconfig,
  type KubeconfigProblem,
} from './kubeconfig.ts'
export { watchFiles } from './kubeconfig-watch.ts'
export type { RootCertificate } from './masks.ts'
export type { KubeObject, ResourceKind } from './object.ts'
export { jitter, pause } from './pause.ts'
export { forwardToPod, type PodForward } from './port-forward.ts'
export { startReflector, type Reflector, type ReflectorStatus } from './reflector.ts'
export { definitions, resources, type Resource } from './resources.ts'
export {
  serviceProxyFetch,
  type ProxyRequest,
  type ProxyResponse,
  type ServicePort,
} from './service-proxy.ts'
