import type { Model } from './model.ts'
import type { ModelCluster, ModelNamespace, ModelService, ModelWorkload } from './topology.ts'
import { controlPlaneObjects, istioPolicyObjects } from './mesh-objects.ts'

/** A Kubernetes object to apply. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/**
 * The objects one cluster of the model would have, in an order in which they
 * can be applied: namespaces, service accounts, workloads, services, the
 * control plane's own objects, then Istio's custom resources. The latter need
 * CRDs: `apiVersion` tells the group, apply what the cluster serves. Sidecars
 * are written into the pods, as no injector runs where these are applied.
 */
export function clusterObjects(model: Model, clusterName: string): readonly Manifest[] {
  const cluster = model.topology.clusters.find(({ name }) => name === clusterName)
  if (!cluster) throw new Error(`no cluster ${clusterName} in the model`)
  const here = (thing: { readonly cluster: string }): boolean => thing.cluster === clusterName
  const namespaces = model.topology.namespaces.filter(here)
  const workloads = model.topology.workloads.filter(here)
  const services = model.topology.services.filter(
    (service) => service.mesh === cluster.mesh && service.clusters.includes(clusterName),
  )
  const accounts = new Map(
    workloads.map((workload) => [`${workload.namespace}/${workload.serviceAccount}`, workload]),
  )
  const gateways = workloads.filter(({ role }) => role === 'gateway')
  return [
    ...namespaces.map((namespace) => namespaceObject(namespace, cluster)),
    ...[...accounts.values()].map(accountObject),
    ...workloads.map((workload) => workloadObject(workload, cluster)),
    ...services
      .filter(
        ({ kind, app }) => kind === 'Service' && !gateways.some((gateway) => gateway.app === app),
      )
      .map(serviceObject),
    ...gateways.map((gateway) => gatewayServiceObject(gateway, cluster)),
    ...controlPlaneObjects(cluster),
    ...istioPolicyObjects(cluster, services, workloads),
  ]
}

function namespaceObject(namespace: ModelNamespace, cluster: ModelCluster): Manifest {
  const mode: Record<ModelNamespace['mode'], Record<string, string>> = {
    sidecar: { 'istio-injection': 'enabled' },
    ambient: { 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'waypoint' },
    none: {},
  }
  const network =
    namespace.name === 'istio-system' && cluster.network !== ''
      ? { 'topology.istio.io/network': cluster.network }
      : {}
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace.name, labels: { ...mode[namespace.mode], ...network } },
  }
}

function accountObject({ namespace, serviceAccount }: ModelWorkload): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace } }
}

const proxyImage = 'registry.istio.io/release/proxyv2:1.31.0'

function workloadObject(workload: ModelWorkload, cluster: ModelCluster): Manifest {
  const { namespace, name, app, version, kubernetesKind } = workload
  const labels = podLabels(workload)
  const template = {
    metadata: {
      labels: { ...labels, ...injectedLabels(workload) },
      annotations: podAnnotations(workload),
    },
    spec: {
      serviceAccountName: workload.serviceAccount,
      ...(workload.dataPlane === 'sidecar' ? { initContainers: [sidecar(cluster)] } : {}),
      containers: [mainContainer(workload, cluster)],
    },
  }
  const selector = {
    matchLabels: { app: labels['app'] ?? app, ...(labels['version'] ? { version } : {}) },
  }
  const replicas = kubernetesKind === 'DaemonSet' ? {} : { replicas: workload.replicas }
  const serviceName = kubernetesKind === 'StatefulSet' ? { serviceName: app } : {}
  return {
    apiVersion: 'apps/v1',
    kind: kubernetesKind,
    metadata: { name, namespace, labels },
    spec: { ...replicas, ...serviceName, selector, template },
  }
}

function podLabels({ app, version, role }: ModelWorkload): Record<string, string> {
  if (role === 'waypoint')
    return {
      app,
      'gateway.istio.io/managed': 'istio.io-mesh-controller',
      'gateway.networking.k8s.io/gateway-name': app,
    }
  if (role === 'gateway') return { app, istio: app.replace('istio-', '') }
  return role === 'ztunnel' ? { app } : { app, version }
}

function injectedLabels({ dataPlane, app, version }: ModelWorkload): Record<string, string> {
  if (dataPlane !== 'sidecar') return {}
  return {
    'security.istio.io/tlsMode': 'istio',
    'service.istio.io/canonical-name': app,
    'service.istio.io/canonical-revision': version,
  }
}

function podAnnotations({ dataPlane, role }: ModelWorkload): Record<string, string> {
  if (dataPlane === 'sidecar')
    return { 'sidecar.istio.io/status': '{"initContainers":["istio-proxy"],"revision":"default"}' }
  if (role === 'gateway') return { 'inject.istio.io/templates': 'gateway' }
  return dataPlane === 'ambient' ? { 'ambient.istio.io/redirection': 'enabled' } : {}
}

function sidecar(cluster: ModelCluster) {
  return {
    name: 'istio-proxy',
    image: proxyImage,
    args: ['proxy', 'sidecar'],
    restartPolicy: 'Always',
    env: proxyEnv(cluster),
  }
}

function mainContainer({ role, app, version }: ModelWorkload, cluster: ModelCluster) {
  if (role === 'gateway' || role === 'waypoint')
    return {
      name: 'istio-proxy',
      image: proxyImage,
      args: ['proxy', role === 'gateway' ? 'router' : 'waypoint'],
      env: proxyEnv(cluster),
    }
  if (role === 'ztunnel')
    return {
      name: 'istio-proxy',
      image: 'registry.istio.io/release/ztunnel:1.31.0',
      args: ['proxy', 'ztunnel'],
    }
  return { name: app, image: `registry.example.com/shop/${app}:${version}` }
}

function proxyEnv(cluster: ModelCluster) {
  return [
    { name: 'ISTIO_META_CLUSTER_ID', value: cluster.istioClusterId },
    { name: 'ISTIO_META_MESH_ID', value: cluster.mesh },
    ...(cluster.network === '' ? [] : [{ name: 'ISTIO_META_NETWORK', value: cluster.network }]),
  ]
}

function serviceObject({ namespace, name, app, ports }: ModelService): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app } },
    spec: {
      selector: { app },
      ports: ports.map((port) => ({
        name: port.name,
        port: port.port,
        targetPort: port.port,
        protocol: 'TCP',
        appProtocol: port.protocol,
      })),
    },
  }
}

function gatewayServiceObject({ namespace, app }: ModelWorkload, cluster: ModelCluster): Manifest {
  const eastWest = app === 'istio-eastwestgateway'
  const ports = eastWest
    ? [
        { name: 'status-port', port: 15_021 },
        { name: 'tls', port: 15_443 },
      ]
    : [
        { name: 'http2', port: 80 },
        { name: 'https', port: 443 },
      ]
  const network =
    eastWest && cluster.network !== '' ? { 'topology.istio.io/network': cluster.network } : {}
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: app,
      namespace,
      labels: { app, istio: app.replace('istio-', ''), ...network },
    },
    spec: {
      type: app === 'istio-egressgateway' ? 'ClusterIP' : 'LoadBalancer',
      selector: { app },
      ports: ports.map((port) => ({ ...port, targetPort: port.port })),
    },
  }
}
