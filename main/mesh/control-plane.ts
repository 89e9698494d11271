import { parse } from 'yaml'
import type { ClusterSnapshot } from '../fleet/index.ts'
import type { KubeObject } from '../kube/index.ts'
import type { ControlPlane } from './model.ts'
import { fieldsAt, listAt, numberAt, podLabels, stringAt } from './read.ts'

/** What a cluster's own control plane, or the one it is joined to, says of its place in a mesh. */
export interface Membership {
  readonly controlPlanes: readonly ControlPlane[]
  readonly istioClusterId: string | null
  readonly meshId: string | null
  readonly trustDomain: string | null
  readonly network: string | null
  /** SHA-256 fingerprints of every root certificate the cluster trusts. */
  readonly roots: readonly string[]
}

const defaultNamespace = 'istio-system'
/** What istiod calls its cluster when nobody named it. */
const defaultClusterId = 'Kubernetes'
const defaultTrustDomain = 'cluster.local'
const defaultRevision = 'default'

/** Reads control planes and mesh membership from a cluster's objects. */
export function membershipOf(objects: ClusterSnapshot['objects']): Membership {
  const istiods = (objects.Deployment ?? []).filter(
    (deployment) =>
      deployment.metadata.labels?.['app'] === 'istiod' || podLabels(deployment)['app'] === 'istiod',
  )
  const main = istiods.find((istiod) => revisionOf(istiod) === defaultRevision) ?? istiods[0]
  const namespace = main?.metadata.namespace ?? defaultNamespace
  const meshConfig = meshConfigOf(objects.ConfigMap ?? [], namespace, main)
  const injection = injectionPath(objects.MutatingWebhookConfiguration ?? [])
  const trustDomain = stringAt(meshConfig, 'trustDomain')
  return {
    controlPlanes: istiods.map(controlPlaneOf),
    istioClusterId: main
      ? (discoveryEnv(main, 'CLUSTER_ID') ?? defaultClusterId)
      : injection.cluster,
    // Istio: a mesh without an ID is known by its trust domain.
    meshId:
      stringAt(meshConfig, 'defaultConfig', 'meshId') ??
      (main ? (trustDomain ?? defaultTrustDomain) : null),
    trustDomain: trustDomain ?? (main ? defaultTrustDomain : null),
    network: networkOf(objects.Namespace ?? [], namespace) ?? injection.network,
    roots: rootsOf(objects.ConfigMap ?? [], namespace),
  }
}

function controlPlaneOf(istiod: KubeObject): ControlPlane {
  return {
    name: istiod.metadata.name,
    namespace: istiod.metadata.namespace ?? '',
    revision: revisionOf(istiod),
    version: versionOf(istiod),
    ready: isRolledOut(istiod),
  }
}

function revisionOf(istiod: KubeObject): string {
  return (
    istiod.metadata.labels?.['istio.io/rev'] ??
    podLabels(istiod)['istio.io/rev'] ??
    discoveryEnv(istiod, 'REVISION') ??
    defaultRevision
  )
}

/** The image's tag without its variant, else the version label. */
function versionOf(istiod: KubeObject): string | null {
  const image = stringAt(discoveryContainer(istiod), 'image') ?? ''
  const tag = /:([\w][\w.-]*)(?:@.*)?$/.exec(image)?.[1]
  return (
    tag?.replace(/-(distroless|debug)$/, '') ??
    istiod.metadata.labels?.['app.kubernetes.io/version'] ??
    null
  )
}

/**
 * True when every wanted pod runs the newest template and is available. An old
 * pod that still answers while its successor cannot start is not ready.
 */
function isRolledOut(deployment: KubeObject): boolean {
  const status = fieldsAt(deployment, 'status')
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1
  const updated = numberAt(status, 'updatedReplicas') ?? 0
  return (
    (numberAt(status, 'observedGeneration') ?? 0) >= (deployment.metadata.generation ?? 0) &&
    desired > 0 &&
    updated >= desired &&
    (numberAt(status, 'replicas') ?? 0) <= updated &&
    (numberAt(status, 'availableReplicas') ?? 0) >= updated
  )
}

function discoveryContainer(istiod: KubeObject): unknown {
  const containers = listAt(istiod, 'spec', 'template', 'spec', 'containers')
  return containers.find((container) => container['name'] === 'discovery') ?? containers[0]
}

function discoveryEnv(istiod: KubeObject, name: string): string | null {
  const entry = listAt(discoveryContainer(istiod), 'env').find((env) => env['name'] === name)
  return stringAt(entry, 'value')
}

function meshConfigOf(
  configMaps: readonly KubeObject[],
  namespace: string,
  istiod: KubeObject | undefined,
): unknown {
  const revision = istiod ? revisionOf(istiod) : defaultRevision
  const name = revision === defaultRevision ? 'istio' : `istio-${revision}`
  const inNamespace = configMaps.filter((configMap) => configMap.metadata.namespace === namespace)
  const configMap =
    inNamespace.find((candidate) => candidate.metadata.name === name) ??
    inNamespace.find((candidate) => candidate.metadata.name === 'istio')
  const text = stringAt(configMap, 'data', 'mesh')
  if (text === null) return null
  try {
    return parse(text, { logLevel: 'error' }) as unknown
  } catch {
    // istiod refuses such a config too, and goes on with its defaults.
    return null
  }
}

function rootsOf(configMaps: readonly KubeObject[], namespace: string): string[] {
  const configMap = configMaps.find(
    ({ metadata }) => metadata.name === 'istio-ca-root-cert' && metadata.namespace === namespace,
  )
  return listAt(configMap, 'rootCertificates').flatMap(
    (certificate) => stringAt(certificate, 'fingerprint') ?? [],
  )
}

function networkOf(namespaces: readonly KubeObject[], namespace: string): string | null {
  const system = namespaces.find(({ metadata }) => metadata.name === namespace)
  return system?.metadata.labels?.['topology.istio.io/network'] ?? null
}

/** A remote cluster has no istiod: its injection webhook's path names its cluster and network. */
function injectionPath(webhooks: readonly KubeObject[]): {
  cluster: string | null
  network: string | null
} {
  for (const configuration of webhooks) {
    for (const webhook of listAt(configuration, 'webhooks')) {
      const path =
        stringAt(webhook, 'clientConfig', 'service', 'path') ??
        stringAt(webhook, 'clientConfig', 'url') ??
        ''
      const cluster = /[:/]cluster[=/]([^/:]+)/.exec(path)?.[1]
      if (cluster) return { cluster, network: /[:/]net[=/]([^/:]+)/.exec(path)?.[1] ?? null }
    }
  }
  return { cluster: null, network: null }
}
