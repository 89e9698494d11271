import type { GraphBy, GraphEdge } from '../api/index.ts'
import type { SceneNode, Security } from './scene/index.ts'
import type { Focus } from './url.ts'

/** A protocol as people write it. */
export function protocolName(protocol: GraphEdge['protocol']): string {
  return { http: 'HTTP', grpc: 'gRPC', tcp: 'TCP' }[protocol]
}

/** How traffic is secured, in words. */
export function securityText(security: Security): string {
  return {
    mtls: 'mTLS',
    partial: 'Partly plaintext',
    plaintext: 'Plaintext',
    unknown: 'Not known whether mTLS',
  }[security]
}

/** What a node is, in words. */
export function kindText(kind: SceneNode['kind']): string {
  return {
    workload: 'Workload',
    service: 'Service',
    app: 'App',
    gateway: 'Gateway',
    external: 'Outside the fleet',
    namespace: 'Namespace',
    cluster: 'Cluster',
  }[kind]
}

/** What the map shows, for the choice of it. */
export const groupingTexts: Readonly<Record<GraphBy, string>> = {
  workload: 'Workloads',
  app: 'Apps',
  version: 'App versions',
  service: 'Services',
}

/** The parts of a map a user may look at. */
export const focusTexts: Readonly<Record<Focus, string>> = {
  all: 'All traffic',
  problems: 'Problems',
  errors: 'Errors above 1 %',
  plaintext: 'Not mTLS',
  crossCluster: 'Between clusters',
}
