/**
 * What a fleet's objects mean to Istio, at one moment. Built afresh from each
 * snapshot, never edited. `cluster` is always `ClusterStatus.name`.
 */
export interface MeshModel {
  readonly clusters: readonly ClusterModel[]
  readonly meshes: readonly Mesh[]
  readonly workloads: readonly Workload[]
  readonly services: readonly Service[]
}

/** One cluster's place in its mesh. */
export interface ClusterModel {
  readonly name: string
  /** The name istiod gives this cluster in telemetry labels (`source_cluster`); null without a control plane. */
  readonly istioClusterId: string | null
  /** `Mesh.id` it belongs to; null without a mesh. */
  readonly mesh: string | null
  readonly meshId: string | null
  readonly trustDomain: string | null
  readonly network: string | null
  /** SHA-256 of the root certificate (DER, hex); null where unknown. */
  readonly rootFingerprint: string | null
  readonly controlPlanes: readonly ControlPlane[]
  readonly provider: string
  readonly distribution: string
  readonly region: string | null
  readonly counts: {
    readonly nodes: number | null
    readonly namespaces: number | null
    readonly workloads: number | null
    readonly services: number | null
    readonly gateways: number | null
  }
}

/** Clusters that share a mesh ID and a root of trust. */
export interface Mesh {
  /** Stable: mesh ID and root fingerprint, or the cluster's name for a mesh of its own. */
  readonly id: string
  readonly name: string
  readonly clusters: readonly string[]
}

/** One istiod revision in one cluster. */
export interface ControlPlane {
  readonly name: string
  readonly namespace: string
  readonly revision: string
  readonly version: string | null
  readonly ready: boolean
}

/** Known by (cluster, namespace, name); the Kubernetes kind is a field, not identity. */
export interface Workload {
  readonly id: string
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly kubernetesKind: string
  /** Canonical service (`service.istio.io/canonical-name`, `app.kubernetes.io/name`, `app`, else the name). */
  readonly app: string
  /** Canonical revision (`service.istio.io/canonical-revision`, `app.kubernetes.io/version`, `version`, else `latest`). */
  readonly version: string
  readonly role: 'workload' | 'gateway' | 'waypoint' | 'ztunnel' | 'controlPlane'
  readonly dataPlane: 'sidecar' | 'ambient' | 'gateway' | 'none'
  readonly replicas: {
    readonly desired: number | null
    readonly current: number | null
    readonly available: number | null
  }
  readonly annotations: Readonly<Record<string, string>>
}

/** A Kubernetes Service or a ServiceEntry host. */
export interface Service {
  readonly id: string
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly kind: 'Service' | 'ServiceEntry'
  readonly hosts: readonly string[]
  readonly ports: readonly {
    readonly port: number
    readonly name: string | null
    readonly protocol: string
  }[]
}
