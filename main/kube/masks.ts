import { X509Certificate } from 'node:crypto'
import { isRecord, type Mask } from './keep.ts'

/** Annotations are free text that may hold anything: only those of domains we read are kept. */
const annotationDomain =
  /(^|\.)(istio\.io|kiali\.io|smm\.dev)$|^(rke\.cattle\.io|kubeadm\.alpha\.kubernetes\.io)$/
const longestAnnotation = 4096

/** The annotations this product reads; undefined without any. */
function knownAnnotations(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined
  let kept: Record<string, string> | undefined
  for (const name in value) {
    const text = value[name]
    if (typeof text !== 'string' || text.length > longestAnnotation) continue
    if (!annotationDomain.test(name.slice(0, Math.max(0, name.indexOf('/'))))) continue
    kept ??= {}
    kept[name] = text
  }
  return kept
}

const knownEnvNames: ReadonlySet<unknown> = new Set([
  'AMBIENT_ENABLE_MULTI_NETWORK',
  'CLUSTER_ID',
  'EXTERNAL_ISTIOD',
  'ISTIO_META_CLUSTER_ID',
  'ISTIO_META_MESH_ID',
  'ISTIO_META_NETWORK',
  'ISTIO_META_REQUESTED_NETWORK_VIEW',
  'PILOT_ENABLE_AMBIENT',
  'REVISION',
])

/** Environment variables may hold secrets: only Istio's own settings are kept. */
function knownEnv(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined
  const known = value.filter(
    (entry: unknown) => isRecord(entry) && knownEnvNames.has(entry['name']),
  )
  return known.length > 0 ? known : undefined
}

/** Of all conditions, those that say whether something works; their clocks tick without news. */
export function conditionsOf(...types: readonly unknown[]): Mask {
  return (value) =>
    Array.isArray(value)
      ? value
          .filter((entry: unknown) => isRecord(entry) && types.includes(entry['type']))
          .map((entry: unknown) =>
            isRecord(entry) ? { type: entry['type'], status: entry['status'] } : {},
          )
      : undefined
}

const text: Mask = (value) => (typeof value === 'string' ? value : undefined)

/** A map of texts; undefined when it holds anything else. */
function texts(value: unknown): unknown {
  if (!isRecord(value)) return undefined
  for (const name in value) if (typeof value[name] !== 'string') return undefined
  return value
}

function ownerReferences(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((entry: unknown) => {
    if (!isRecord(entry)) return []
    const { kind, name, uid, controller } = entry
    if (typeof kind !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return []
    return [{ kind, name, uid, ...(typeof controller === 'boolean' && { controller }) }]
  })
}

/**
 * Metadata of every object. All rooms rely on its types, so what an API server
 * that is none says otherwise is left out here.
 */
export const metadataMask: Mask = {
  name: text,
  namespace: text,
  uid: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  generation: (value) => (typeof value === 'number' ? value : undefined),
  labels: texts,
  annotations: knownAnnotations,
  ownerReferences,
}

const containerMask: Mask = {
  name: true,
  image: true,
  ports: { name: true, containerPort: true, protocol: true },
  env: knownEnv,
  restartPolicy: true,
}

const podSpecMask = {
  serviceAccountName: true,
  hostNetwork: true,
  containers: containerMask,
  initContainers: containerMask,
} satisfies Mask

const containerStatusMask: Mask = { name: true, ready: true, restartCount: true }

/** A Pod: who it is, what runs in it, whether it is ready. */
export const podMask: Mask = {
  spec: { ...podSpecMask, nodeName: true },
  status: {
    phase: true,
    podIP: true,
    startTime: true,
    conditions: conditionsOf('Ready'),
    containerStatuses: containerStatusMask,
    initContainerStatuses: containerStatusMask,
  },
}

/** Deployment, StatefulSet and DaemonSet alike. */
export const workloadMask: Mask = {
  spec: {
    replicas: true,
    selector: true,
    template: {
      metadata: { labels: true, annotations: knownAnnotations },
      spec: podSpecMask,
    },
  },
  status: {
    observedGeneration: true,
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    updatedReplicas: true,
    desiredNumberScheduled: true,
    currentNumberScheduled: true,
    numberAvailable: true,
    numberReady: true,
  },
}

const tlsMask: Mask = { mode: true, credentialName: true, sni: true, subjectAltNames: true }
const portTrafficPolicyMask: Mask = {
  port: true,
  loadBalancer: true,
  connectionPool: true,
  outlierDetection: true,
  tls: tlsMask,
}
const trafficPolicyMask: Mask = {
  loadBalancer: true,
  connectionPool: true,
  outlierDetection: true,
  tls: tlsMask,
  portLevelSettings: portTrafficPolicyMask,
}

/** Where a DestinationRule applies and how it treats connections; certificates by name only. */
export const destinationRuleMask: Mask = {
  host: true,
  exportTo: true,
  workloadSelector: true,
  trafficPolicy: trafficPolicyMask,
  subsets: { name: true, labels: true, trafficPolicy: trafficPolicyMask },
}

const routeMask: Mask = { destination: true, weight: true }

/** Where traffic goes; header rewrites are left out, they may carry credentials. */
export const virtualServiceMask: Mask = {
  hosts: true,
  gateways: true,
  exportTo: true,
  http: {
    name: true,
    match: { name: true, uri: true, authority: true, method: true, port: true, gateways: true },
    route: routeMask,
    mirror: true,
    mirrors: { destination: true, percentage: true },
    delegate: true,
    timeout: true,
    retries: { attempts: true, perTryTimeout: true, retryOn: true },
    fault: true,
  },
  tls: { match: true, route: routeMask },
  tcp: { match: true, route: routeMask },
}

/** An endpoint outside Kubernetes, on its own or in a ServiceEntry. */
export const workloadEntryMask = {
  address: true,
  ports: true,
  labels: true,
  network: true,
  locality: true,
  weight: true,
  serviceAccount: true,
} satisfies Mask

/**
 * Mesh configuration and root certificates, the only ConfigMaps that are read.
 * A certificate becomes its fingerprint and expiry, see `RootCertificate`.
 */
export const meshConfigMask: Mask = { mesh: true, meshNetworks: true }

/** One certificate of a cluster's root of trust, as kept in place of its PEM. */
interface RootCertificate {
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  readonly subject: string
  /** Unix milliseconds. */
  readonly notAfterMs: number
}

/** Every certificate in a PEM bundle; what cannot be read is left out. */
export function rootCertificates(pem: string): RootCertificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block) => {
    try {
      const certificate = new X509Certificate(block)
      return [
        {
          fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
          subject: certificate.subject.replaceAll('\n', ', '),
          notAfterMs: Date.parse(certificate.validTo),
        },
      ]
    } catch {
      return []
    }
  })
}
