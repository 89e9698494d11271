import { stringify } from 'yaml'
import type { Manifest } from './objects.ts'
import { rootCertificates } from './roots.ts'
import type { ModelCluster, ModelService, ModelWorkload } from './topology.ts'

const namespace = 'istio-system'
const hub = 'registry.istio.io/release'

/** What an installed istiod leaves in its cluster: Deployment, Service, mesh config, root of trust. */
export function controlPlaneObjects(cluster: ModelCluster): readonly Manifest[] {
  const labels = { app: 'istiod', 'istio.io/rev': 'default' }
  const metadata = { name: 'istiod', namespace, labels }
  const env = [
    { name: 'REVISION', value: 'default' },
    { name: 'CLUSTER_ID', value: cluster.istioClusterId },
  ]
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'istiod', namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'istiod',
            containers: [
              { name: 'discovery', image: `${hub}/pilot:1.31.0`, args: ['discovery'], env },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: [
          { name: 'grpc-xds', port: 15_010 },
          { name: 'https-dns', port: 15_012 },
          { name: 'https-webhook', port: 443, targetPort: 15_017 },
          { name: 'http-monitoring', port: 15_014 },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace, labels: { 'istio.io/rev': 'default' } },
      data: { mesh: meshConfig(cluster), meshNetworks: 'networks: {}\n' },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio-ca-root-cert', namespace, labels: { 'istio.io/config': 'true' } },
      data: { 'root-cert.pem': rootCertificates[cluster.mesh] ?? rootCertificates['shop-mesh'] },
    },
  ]
}

function meshConfig(cluster: ModelCluster): string {
  return stringify({
    defaultConfig: {
      discoveryAddress: 'istiod.istio-system.svc:15012',
      // A stand-alone install is given no mesh ID and writes none.
      ...(cluster.istioClusterId === 'Kubernetes' ? {} : { meshId: cluster.mesh }),
    },
    enableAutoMtls: true,
    rootNamespace: namespace,
    trustDomain: 'cluster.local',
  })
}

/** Istio's own resources that fit the traffic; they need its CRDs. */
export function istioPolicyObjects(
  cluster: ModelCluster,
  services: readonly ModelService[],
  workloads: readonly ModelWorkload[],
): readonly Manifest[] {
  const networking = 'networking.istio.io/v1'
  const has = (name: string): boolean => workloads.some((workload) => workload.app === name)
  const meshWide: Manifest = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace },
    spec: { mtls: { mode: 'PERMISSIVE' } },
  }
  const externals = services
    .filter((service) => service.kind === 'ServiceEntry')
    .map((service): Manifest => ({
      apiVersion: networking,
      kind: 'ServiceEntry',
      metadata: { name: service.host.replaceAll('.', '-'), namespace: service.namespace },
      spec: {
        hosts: [service.host],
        location: 'MESH_EXTERNAL',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'DNS',
      },
    }))
  return [
    meshWide,
    ...externals,
    ...(has('payments') ? [strict('payments')] : []),
    ...(has('storefront') && has('istio-ingressgateway') ? storefrontRoute(networking) : []),
    ...(has('istio-eastwestgateway') ? [crossNetworkGateway(networking, cluster)] : []),
    ...(has('waypoint') ? [waypoint(workloads)] : []),
  ]
}

function strict(inNamespace: string): Manifest {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: inNamespace },
    spec: { mtls: { mode: 'STRICT' } },
  }
}

function storefrontRoute(apiVersion: string): readonly Manifest[] {
  const metadata = { name: 'storefront', namespace: 'shop' }
  return [
    {
      apiVersion,
      kind: 'Gateway',
      metadata,
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shop.example.com'] },
        ],
      },
    },
    {
      apiVersion,
      kind: 'VirtualService',
      metadata,
      spec: {
        hosts: ['shop.example.com'],
        gateways: ['storefront'],
        http: [{ route: [{ destination: { host: 'storefront', port: { number: 8080 } } }] }],
      },
    },
  ]
}

function crossNetworkGateway(apiVersion: string, cluster: ModelCluster): Manifest {
  return {
    apiVersion,
    kind: 'Gateway',
    metadata: {
      name: 'cross-network-gateway',
      namespace,
      labels: { 'topology.istio.io/network': cluster.network },
    },
    spec: {
      selector: { istio: 'eastwestgateway' },
      servers: [
        {
          port: { number: 15_443, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    },
  }
}

function waypoint(workloads: readonly ModelWorkload[]): Manifest {
  const inNamespace = workloads.find((workload) => workload.role === 'waypoint')?.namespace ?? ''
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: {
      name: 'waypoint',
      namespace: inNamespace,
      labels: { 'istio.io/waypoint-for': 'service' },
    },
    spec: {
      gatewayClassName: 'istio-waypoint',
      listeners: [{ name: 'mesh', port: 15_008, protocol: 'HBONE' }],
    },
  }
}
