import { isRecord, keep, type Mask } from './keep.ts'
import {
  conditionsOf,
  destinationRuleMask,
  meshConfigMask,
  metadataMask,
  podMask,
  rootCertificates,
  virtualServiceMask,
  workloadEntryMask,
  workloadMask,
} from './masks.ts'
import type { KubeObject, ResourceKind } from './object.ts'

/** Where a kind is served and what of its objects is kept. */
export interface Resource<Kind extends string = ResourceKind> {
  readonly kind: Kind
  /** API group; `''` for core. */
  readonly group: string
  /** Versions this product reads, the preferred one first. */
  readonly versions: readonly string[]
  readonly plural: string
  readonly namespaced: boolean
  /** Part of every Kubernetes API server: read without asking discovery. */
  readonly builtIn: boolean
  /** Allow-list of fields beside apiVersion, kind and metadata. */
  readonly mask: Mask
  /** Ask the API server for metadata alone. */
  readonly metadataOnly?: boolean
  /** Says no to objects that are of no interest at all. */
  readonly wanted?: (object: KubeObject) => boolean
}

const istioVersions = ['v1', 'v1beta1', 'v1alpha3']

/** Every kind a fleet reads. */
export const resources: readonly Resource[] = [
  core('Namespace', 'namespaces', { status: { phase: true } }, { namespaced: false }),
  core(
    'Node',
    'nodes',
    {
      spec: { providerID: true, podCIDR: true, podCIDRs: true, unschedulable: true },
      status: {
        nodeInfo: {
          kubeletVersion: true,
          osImage: true,
          kernelVersion: true,
          containerRuntimeVersion: true,
          architecture: true,
        },
        conditions: conditionsOf('Ready'),
      },
    },
    { namespaced: false },
  ),
  core('Pod', 'pods', podMask),
  core('Service', 'services', {
    spec: {
      type: true,
      clusterIP: true,
      externalIPs: true,
      externalName: true,
      selector: true,
      ports: { name: true, port: true, targetPort: true, protocol: true, appProtocol: true },
    },
    status: { loadBalancer: { ingress: { ip: true, hostname: true } } },
  }),
  apps('Deployment', 'deployments', workloadMask),
  apps('StatefulSet', 'statefulsets', workloadMask),
  apps('DaemonSet', 'daemonsets', workloadMask),
  {
    ...apps('ReplicaSet', 'replicasets', { spec: { replicas: true } }),
    // Old revisions outnumber live ones and own no pods.
    wanted: (object) => !isRecord(object['spec']) || object['spec']['replicas'] !== 0,
  },
  {
    ...core('ConfigMap', 'configmaps', { data: meshConfigMask }),
    wanted: (object) =>
      object['rootCertificates'] !== undefined ||
      (isRecord(object['data']) && typeof object['data']['mesh'] === 'string'),
  },
  {
    kind: 'MutatingWebhookConfiguration',
    group: 'admissionregistration.k8s.io',
    versions: ['v1'],
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
    builtIn: true,
    mask: {
      webhooks: {
        name: true,
        clientConfig: { url: true, service: true },
        namespaceSelector: true,
        objectSelector: true,
      },
    },
    wanted: (object) =>
      object.metadata.labels?.['istio.io/rev'] !== undefined ||
      object.metadata.name.includes('istio'),
  },
  istio('PeerAuthentication', 'peerauthentications', {
    selector: true,
    mtls: true,
    portLevelMtls: true,
  }),
  istio('DestinationRule', 'destinationrules', destinationRuleMask),
  istio('VirtualService', 'virtualservices', virtualServiceMask),
  istio('ServiceEntry', 'serviceentries', {
    hosts: true,
    addresses: true,
    ports: true,
    location: true,
    resolution: true,
    exportTo: true,
    workloadSelector: true,
    endpoints: workloadEntryMask,
    subjectAltNames: true,
  }),
  istio('WorkloadEntry', 'workloadentries', workloadEntryMask),
  istio('IstioGateway', 'gateways', {
    selector: true,
    servers: {
      name: true,
      port: true,
      hosts: true,
      tls: { mode: true, credentialName: true, httpsRedirect: true },
    },
  }),
  istio('Sidecar', 'sidecars', {
    workloadSelector: true,
    egress: { hosts: true, port: true },
    outboundTrafficPolicy: true,
  }),
  gatewayApi('Gateway', 'gateways', {
    spec: {
      gatewayClassName: true,
      listeners: { name: true, port: true, protocol: true, hostname: true, tls: { mode: true } },
      addresses: true,
    },
    status: { addresses: true, conditions: conditionsOf('Accepted', 'Programmed') },
  }),
  gatewayApi('HTTPRoute', 'httproutes', {
    spec: { hostnames: true, parentRefs: true, rules: { backendRefs: true } },
  }),
]

/** API groups of the custom resources a fleet reads; their definitions may be absent, and appear later. */
export const customGroups: ReadonlySet<string> = new Set(
  resources.flatMap(({ builtIn, group }) => (builtIn ? [] : [group])),
)

/** Watched, by name only, to notice when custom resources of ours begin or cease to be served. */
export const definitions: Resource<'CustomResourceDefinition'> = {
  kind: 'CustomResourceDefinition',
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  plural: 'customresourcedefinitions',
  namespaced: false,
  builtIn: true,
  mask: {},
  metadataOnly: true,
  wanted: ({ metadata }) => customGroups.has(metadata.name.slice(metadata.name.indexOf('.') + 1)),
}

/**
 * The part of an object of `resource` that is kept; null when it is of no
 * interest, or no Kubernetes object at all.
 */
export function trim(resource: Resource<string>, whole: unknown): KubeObject | null {
  if (!isRecord(whole)) return null
  const metadata = keep(whole['metadata'], metadataMask)
  if (!isMetadata(metadata)) return null
  const fields = keep(whole, resource.mask)
  const group = resource.group === '' ? '' : `${resource.group}/`
  const pem = resource.kind === 'ConfigMap' ? rootPem(whole) : undefined
  const object: KubeObject = {
    apiVersion: stringOr(whole['apiVersion'], `${group}${resource.versions[0] ?? 'v1'}`),
    kind: resource.kind === 'IstioGateway' ? 'Gateway' : resource.kind,
    metadata,
    ...(isRecord(fields) ? fields : {}),
    ...(pem === undefined ? {} : { rootCertificates: rootCertificates(pem) }),
  }
  return resource.wanted && !resource.wanted(object) ? null : object
}

function rootPem(configMap: Readonly<Record<string, unknown>>): string | undefined {
  const pem = isRecord(configMap['data']) ? configMap['data']['root-cert.pem'] : undefined
  return typeof pem === 'string' ? pem : undefined
}

function isMetadata(value: unknown): value is KubeObject['metadata'] {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['uid'] === 'string'
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function core(
  kind: ResourceKind,
  plural: string,
  mask: Mask,
  { namespaced = true }: { namespaced?: boolean } = {},
): Resource {
  return { kind, group: '', versions: ['v1'], plural, namespaced, builtIn: true, mask }
}

function apps(kind: ResourceKind, plural: string, mask: Mask): Resource {
  return { kind, group: 'apps', versions: ['v1'], plural, namespaced: true, builtIn: true, mask }
}

function istio(kind: ResourceKind, plural: string, spec: Mask): Resource {
  const group = kind === 'PeerAuthentication' ? 'security.istio.io' : 'networking.istio.io'
  const versions = istioVersions
  return { kind, group, versions, plural, namespaced: true, builtIn: false, mask: { spec } }
}

function gatewayApi(kind: ResourceKind, plural: string, mask: Mask): Resource {
  const group = 'gateway.networking.k8s.io'
  const versions = ['v1', 'v1beta1']
  return { kind, group, versions, plural, namespaced: true, builtIn: false, mask }
}
