import type { ResourceKind } from '../kube/index.ts'
import { isRecord, keep, type Keep } from './keep.ts'
import { meshConfigData } from './mesh-config.ts'
import { redactText } from './redact-text.ts'

const fields = (named: Readonly<Record<string, Keep>>): Keep => ({ fields: named })
const scalars = (...names: readonly string[]): Keep =>
  fields(Object.fromEntries(names.map((name) => [name, 'scalar' as const])))

/** Annotations rooms read. Any other may hold anything: last-applied-configuration holds whole objects. */
const annotationNames = [
  'ambient.istio.io/redirection',
  'health.kiali.io/rate',
  'inject.istio.io/templates',
  'inject.istio.io/templates',
  'istio.io/rev',
  'istio.io/use-waypoint',
  'networking.istio.io/exportTo',
  'networking.istio.io/traffic-distribution',
  'sidecar.istio.io/inject',
  'topology.istio.io/controlPlaneClusters',
  'topology.istio.io/network',
  'topology.istio.io/subzone',
  'traffic.istio.io/nodeSelector',
]

/** Annotations of which only the name matters: they tell who made a node. */
const telltaleDomain = /^(rke\.cattle\.io|kubeadm\.alpha\.kubernetes\.io)\//

const annotations: Keep = (value) => {
  if (!isRecord(value)) return undefined
  const telltales = Object.keys(value).filter((name) => telltaleDomain.test(name))
  return keep(value, {
    fields: {
      ...Object.fromEntries(telltales.map((name) => [name, 'measured' as const])),
      ...Object.fromEntries(annotationNames.map((name) => [name, 'scalar' as const])),
    },
  })
}

/** Non-secret settings of Istio's own containers, see `env`. */
const environmentNames = new Set([
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

const settings: Keep = (value) => {
  if (!Array.isArray(value)) return undefined
  const known = value.filter(
    (entry: unknown) => isRecord(entry) && environmentNames.has(String(entry['name'])),
  )
  return known.length === 0 ? undefined : keep(known, scalars('name', 'value'))
}

/** Metadata of every kind. No managedFields; no resourceVersion, which changes without news. */
export const metadataRule: Keep = fields({
  name: 'scalar',
  namespace: 'scalar',
  uid: 'scalar',
  creationTimestamp: 'scalar',
  deletionTimestamp: 'scalar',
  generation: 'scalar',
  labels: 'strings',
  annotations,
  ownerReferences: scalars('kind', 'name', 'uid', 'controller'),
})

/** Never command or arguments: they carry secrets as often as the environment does. */
const container: Keep = fields({
  name: 'scalar',
  image: 'scalar',
  restartPolicy: 'scalar',
  ports: scalars('name', 'containerPort', 'protocol'),
  env: settings,
})

const podSpec = {
  serviceAccountName: 'scalar',
  hostNetwork: 'scalar',
  containers: container,
  initContainers: container,
} as const satisfies Record<string, Keep>

const containerStatus = scalars('name', 'ready', 'restartCount')
const condition = scalars('type', 'status', 'reason')

const selector: Keep = fields({
  matchLabels: 'strings',
  matchExpressions: scalars('key', 'operator', 'values'),
})

const workload: Keep = fields({
  spec: fields({
    replicas: 'scalar',
    selector,
    template: fields({
      metadata: fields({ labels: 'strings', annotations }),
      spec: fields(podSpec),
    }),
  }),
  status: scalars(
    'observedGeneration',
    'replicas',
    'readyReplicas',
    'availableReplicas',
    'updatedReplicas',
    'desiredNumberScheduled',
    'currentNumberScheduled',
    'numberAvailable',
    'numberReady',
  ),
})

const workloadSelector: Keep = fields({ labels: 'strings', matchLabels: 'strings' })
const istioPort = scalars('number', 'name', 'protocol', 'targetPort')
const portNumber = scalars('number')
const destination: Keep = fields({ host: 'scalar', subset: 'scalar', port: portNumber })
const weighted: Keep = fields({ destination, weight: 'scalar' })
/** Istio's string match: what is matched may be a token, so only how it is matched is kept. */
const stringMatch: Keep = fields({ exact: 'measured', prefix: 'measured', regex: 'measured' })
/** Paths, methods and authorities are routing, not values. */
const routeMatch: Keep = scalars('exact', 'prefix', 'regex')
const layer4Match: Keep = scalars('port', 'sniHosts', 'gateways', 'destinationSubnets')

const connectionPool: Keep = fields({
  tcp: scalars('maxConnections', 'connectTimeout', 'idleTimeout', 'maxConnectionDuration'),
  http: scalars(
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
    'idleTimeout',
    'h2UpgradePolicy',
    'useClientProtocol',
    'maxConcurrentStreams',
  ),
})

const trafficFields = {
  loadBalancer: fields({
    simple: 'scalar',
    localityLbSetting: scalars('enabled', 'failoverPriority'),
    warmupDurationSecs: 'scalar',
  }),
  connectionPool,
  outlierDetection: scalars(
    'consecutiveErrors',
    'consecutive5xxErrors',
    'consecutiveGatewayErrors',
    'splitExternalLocalOriginErrors',
    'consecutiveLocalOriginFailures',
    'interval',
    'baseEjectionTime',
    'maxEjectionPercent',
    'minHealthPercent',
  ),
  tls: scalars('mode', 'credentialName', 'sni', 'subjectAltNames'),
} as const satisfies Record<string, Keep>

const trafficPolicy: Keep = fields({
  ...trafficFields,
  portLevelSettings: fields({ ...trafficFields, port: portNumber }),
})

const workloadEntry = {
  address: 'scalar',
  ports: { each: 'scalar' },
  labels: 'strings',
  network: 'scalar',
  locality: 'scalar',
  weight: 'scalar',
  serviceAccount: 'scalar',
} as const satisfies Record<string, Keep>

const headerOperations: Keep = fields({
  set: { each: 'measured' },
  add: { each: 'measured' },
  remove: 'scalar',
})
const headers: Keep = fields({ request: headerOperations, response: headerOperations })

const virtualService: Keep = fields({
  hosts: 'scalar',
  gateways: 'scalar',
  exportTo: 'scalar',
  http: fields({
    name: 'scalar',
    match: fields({
      name: 'scalar',
      uri: routeMatch,
      authority: routeMatch,
      method: routeMatch,
      port: 'scalar',
      gateways: 'scalar',
      sourceNamespace: 'scalar',
      headers: { each: stringMatch },
      queryParams: { each: stringMatch },
    }),
    route: fields({ destination, weight: 'scalar', headers }),
    mirror: destination,
    mirrors: fields({ destination, percentage: scalars('value') }),
    mirrorPercentage: scalars('value'),
    delegate: scalars('name', 'namespace'),
    timeout: 'scalar',
    retries: scalars('attempts', 'perTryTimeout', 'retryOn'),
    fault: fields({
      delay: fields({ fixedDelay: 'scalar', percentage: scalars('value') }),
      abort: fields({ httpStatus: 'scalar', grpcStatus: 'scalar', percentage: scalars('value') }),
    }),
    headers,
  }),
  tls: fields({ match: layer4Match, route: weighted }),
  tcp: fields({ match: layer4Match, route: weighted }),
})

const spec = (rule: Keep): Keep => fields({ spec: rule })
const parentReference = scalars('group', 'kind', 'namespace', 'name', 'sectionName', 'port')

/** For each kind what is kept beside apiVersion, kind and metadata. A kind that is not here is not recorded. */
export const kindRules: Readonly<Record<ResourceKind, Keep>> = {
  Namespace: fields({ status: scalars('phase') }),
  Node: fields({
    spec: scalars('providerID', 'podCIDR', 'podCIDRs', 'unschedulable'),
    status: fields({
      nodeInfo: scalars(
        'kubeletVersion',
        'osImage',
        'kernelVersion',
        'containerRuntimeVersion',
        'architecture',
      ),
      conditions: condition,
    }),
  }),
  Pod: fields({
    spec: fields({ ...podSpec, nodeName: 'scalar' }),
    status: fields({
      phase: 'scalar',
      podIP: 'scalar',
      startTime: 'scalar',
      conditions: condition,
      containerStatuses: containerStatus,
      initContainerStatuses: containerStatus,
    }),
  }),
  Service: fields({
    spec: fields({
      type: 'scalar',
      clusterIP: 'scalar',
      externalIPs: 'scalar',
      externalName: 'scalar',
      selector: 'strings',
      ports: scalars('name', 'port', 'targetPort', 'protocol', 'appProtocol'),
    }),
    status: fields({ loadBalancer: fields({ ingress: scalars('ip', 'hostname') }) }),
  }),
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: spec(scalars('replicas')),
  ConfigMap: fields({
    data: meshConfigData,
    rootCertificates: scalars('fingerprint', 'subject', 'notAfterMs'),
  }),
  MutatingWebhookConfiguration: fields({
    webhooks: fields({
      name: 'scalar',
      clientConfig: fields({
        url: (value) => (typeof value === 'string' ? redactText(value) : undefined),
        service: scalars('name', 'namespace', 'path', 'port'),
      }),
      namespaceSelector: selector,
      objectSelector: selector,
    }),
  }),
  PeerAuthentication: spec(
    fields({
      selector: workloadSelector,
      mtls: scalars('mode'),
      portLevelMtls: { each: scalars('mode') },
    }),
  ),
  DestinationRule: spec(
    fields({
      host: 'scalar',
      exportTo: 'scalar',
      workloadSelector,
      trafficPolicy,
      subsets: fields({ name: 'scalar', labels: 'strings', trafficPolicy }),
    }),
  ),
  VirtualService: spec(virtualService),
  ServiceEntry: spec(
    fields({
      hosts: 'scalar',
      addresses: 'scalar',
      ports: istioPort,
      location: 'scalar',
      resolution: 'scalar',
      exportTo: 'scalar',
      workloadSelector,
      endpoints: fields(workloadEntry),
      subjectAltNames: 'scalar',
    }),
  ),
  WorkloadEntry: spec(fields(workloadEntry)),
  IstioGateway: spec(
    fields({
      selector: 'strings',
      servers: fields({
        name: 'scalar',
        port: istioPort,
        hosts: 'scalar',
        tls: scalars('mode', 'credentialName', 'httpsRedirect'),
      }),
    }),
  ),
  Sidecar: spec(
    fields({
      workloadSelector,
      egress: fields({ hosts: 'scalar', port: istioPort }),
      outboundTrafficPolicy: scalars('mode'),
    }),
  ),
  Gateway: fields({
    spec: fields({
      gatewayClassName: 'scalar',
      listeners: fields({
        name: 'scalar',
        port: 'scalar',
        protocol: 'scalar',
        hostname: 'scalar',
        tls: scalars('mode'),
      }),
      addresses: scalars('type', 'value'),
    }),
    status: fields({ addresses: scalars('type', 'value'), conditions: condition }),
  }),
  HTTPRoute: spec(
    fields({
      hostnames: 'scalar',
      parentRefs: parentReference,
      rules: fields({
        backendRefs: scalars('group', 'kind', 'namespace', 'name', 'port', 'weight'),
      }),
    }),
  ),
}
