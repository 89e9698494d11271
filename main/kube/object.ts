/**
 * Kubernetes objects as this product keeps them: trimmed to the fields its
 * rooms read, so that memory stays bounded. Whole YAML is fetched when asked for.
 */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion?: string
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly kind: string
      readonly name: string
      readonly uid: string
      readonly controller?: boolean
    }[]
  }
  readonly [field: string]: unknown
}

/** The kinds a fleet reads, by their Kubernetes kind name. `resources.ts` says for each what is kept. */
export type ResourceKind =
  | 'Namespace'
  | 'Node'
  | 'Pod'
  | 'Service'
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ConfigMap'
  | 'MutatingWebhookConfiguration'
  | 'PeerAuthentication'
  | 'DestinationRule'
  | 'VirtualService'
  | 'ServiceEntry'
  | 'WorkloadEntry'
  | 'IstioGateway'
  | 'Sidecar'
  | 'Gateway'
  | 'HTTPRoute'
