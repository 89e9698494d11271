import type { KubeObject } from '../kube/index.ts'
import type { ClusterSnapshot } from '../fleet/index.ts'
import { nodeId } from './id.ts'
import type { Workload } from './model.ts'
import {
  fieldsAt,
  listAt,
  numberAt,
  podAnnotations,
  podLabels,
  selects,
  stringAt,
  type Fields,
} from './read.ts'

type Labels = Readonly<Record<string, string>>

/** Label names in the order Istio looks for them (canonical service and revision). */
const nameLabels = ['service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app']
const revisionLabels = [
  'service.istio.io/canonical-revision',
  'app.kubernetes.io/version',
  'version',
]

/** Istio's canonical service and revision of pods with these labels. */
function canonicalNames(labels: Labels, workloadName: string): { app: string; version: string } {
  return {
    app: firstLabel(labels, nameLabels) ?? workloadName,
    version: firstLabel(labels, revisionLabels) ?? 'latest',
  }
}

/**
 * Every workload of a cluster: its controllers, and what owns pods without one
 * of these (Jobs, bare pods, controllers of other makes). Of two controllers
 * with one name, which telemetry cannot tell apart either, the first kind stands.
 */
export function workloadsOf(cluster: string, objects: ClusterSnapshot['objects']): Workload[] {
  const namespaces = new Map(
    (objects.Namespace ?? []).map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
  )
  const gatewaySelectors = (objects.IstioGateway ?? []).map((gateway) =>
    fieldsAt(gateway, 'spec', 'selector'),
  )
  const owners = podsByOwner(objects)
  const workloads = new Map<string, Workload>()

  function add(kind: string, object: KubeObject, name: string, pods: readonly KubeObject[]): void {
    const namespace = object.metadata.namespace ?? ''
    const key = `${namespace}/${name}`
    if (workloads.has(key)) return
    const labels = podLabels(object)
    const role = roleOf(object, labels, gatewaySelectors)
    const nodeKind = role === 'gateway' || role === 'waypoint' ? 'gateway' : 'workload'
    workloads.set(key, {
      id: nodeId(nodeKind, cluster, namespace, name),
      cluster,
      namespace,
      name,
      kubernetesKind: kind,
      ...canonicalNames(labels, name),
      role,
      dataPlane: dataPlaneOf(role, object, pods, namespaces.get(namespace) ?? {}),
      replicas: replicasOf(kind, object, pods),
      annotations: object.metadata.annotations ?? {},
    })
  }

  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    for (const object of objects[kind] ?? []) {
      const { namespace = '', name } = object.metadata
      const key = ownerKey(namespace, kind, name)
      add(kind, object, name, owners.get(key)?.pods ?? [])
      owners.delete(key)
    }
  }
  for (const { kind, name, pods } of owners.values()) {
    const first = pods[0]
    if (first) add(kind, first, name, pods)
  }
  return [...workloads.values()]
}

interface Owner {
  readonly kind: string
  readonly name: string
  readonly pods: KubeObject[]
}

function podsByOwner(objects: ClusterSnapshot['objects']): Map<string, Owner> {
  const replicaSets = new Map(
    (objects.ReplicaSet ?? []).map((replicaSet) => [replicaSet.metadata.uid, replicaSet]),
  )
  const owners = new Map<string, Owner>()
  for (const pod of objects.Pod ?? []) {
    const { kind, name } = ownerOf(pod, replicaSets)
    const key = ownerKey(pod.metadata.namespace ?? '', kind, name)
    const owner = owners.get(key)
    if (owner) owner.pods.push(pod)
    else owners.set(key, { kind, name, pods: [pod] })
  }
  return owners
}

/** Who a pod works for, by the rules Istio names its workload with. */
function ownerOf(
  pod: KubeObject,
  replicaSets: ReadonlyMap<string, KubeObject>,
): { kind: string; name: string } {
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)
  if (!controller) return { kind: 'Pod', name: pod.metadata.name }
  if (controller.kind === 'ReplicaSet') {
    const above = replicaSets
      .get(controller.uid)
      ?.metadata.ownerReferences?.find((owner) => owner.controller === true)
    if (above) return { kind: above.kind, name: above.name }
    const hash = pod.metadata.labels?.['pod-template-hash']
    if (hash && controller.name.endsWith(`-${hash}`)) {
      return { kind: 'Deployment', name: controller.name.slice(0, -hash.length - 1) }
    }
  }
  if (controller.kind === 'Job') {
    // A CronJob appends the scheduled time in minutes.
    const cron = /^(.+)-\d{8,10}$/.exec(controller.name)
    if (cron?.[1]) return { kind: 'CronJob', name: cron[1] }
  }
  return { kind: controller.kind, name: controller.name }
}

function ownerKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`
}

function roleOf(
  object: KubeObject,
  labels: Labels,
  gatewaySelectors: readonly Fields[],
): Workload['role'] {
  if (labels['app'] === 'istiod') return 'controlPlane'
  if (labels['app'] === 'ztunnel' || labels['app.kubernetes.io/name'] === 'ztunnel')
    return 'ztunnel'
  if (
    labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller' ||
    labels['gateway.networking.k8s.io/gateway-class-name'] === 'istio-waypoint'
  ) {
    return 'waypoint'
  }
  const isGateway =
    labels['gateway.networking.k8s.io/gateway-name'] !== undefined ||
    podAnnotations(object)['inject.istio.io/templates'] === 'gateway' ||
    /^IngressGateways$|^EgressGateways$/.test(labels['operator.istio.io/component'] ?? '') ||
    gatewaySelectors.some((selector) => selects(selector, labels))
  return isGateway ? 'gateway' : 'workload'
}

function dataPlaneOf(
  role: Workload['role'],
  object: KubeObject,
  pods: readonly KubeObject[],
  namespaceLabels: Labels,
): Workload['dataPlane'] {
  if (role === 'gateway' || role === 'waypoint') return 'gateway'
  if (role !== 'workload') return 'none'
  if (hasProxy(object) || pods.some(hasProxy)) return 'sidecar'
  if (
    pods.some((pod) => pod.metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled')
  ) {
    return 'ambient'
  }
  // Running pods have shown what they are; without any, intent has to do.
  if (pods.length > 0) return 'none'
  return intendedDataPlane(podLabels(object), podAnnotations(object), namespaceLabels)
}

function intendedDataPlane(
  labels: Labels,
  annotations: Labels,
  namespaceLabels: Labels,
): Workload['dataPlane'] {
  const inject = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject']
  const revision = labels['istio.io/rev'] ?? namespaceLabels['istio.io/rev']
  const injection = namespaceLabels['istio-injection']
  if (inject === 'true') return 'sidecar'
  if (inject !== 'false') {
    if (injection === 'enabled') return 'sidecar'
    const mode = labels['istio.io/dataplane-mode'] ?? namespaceLabels['istio.io/dataplane-mode']
    if (mode === 'ambient') return 'ambient'
    if (injection !== 'disabled' && revision !== undefined) return 'sidecar'
    return 'none'
  }
  const mode = labels['istio.io/dataplane-mode'] ?? namespaceLabels['istio.io/dataplane-mode']
  return mode === 'ambient' ? 'ambient' : 'none'
}

function hasProxy(object: KubeObject): boolean {
  const podSpec =
    object.kind === 'Pod' ? fieldsAt(object, 'spec') : fieldsAt(object, 'spec', 'template', 'spec')
  const isProxy = (container: Fields): boolean => stringAt(container, 'name') === 'istio-proxy'
  return (
    listAt(podSpec, 'containers').some(isProxy) || listAt(podSpec, 'initContainers').some(isProxy)
  )
}

function replicasOf(
  kind: string,
  object: KubeObject,
  pods: readonly KubeObject[],
): Workload['replicas'] {
  const status = fieldsAt(object, 'status')
  if (kind === 'DaemonSet') {
    return {
      desired: numberAt(status, 'desiredNumberScheduled') ?? 0,
      current: numberAt(status, 'currentNumberScheduled') ?? 0,
      available: numberAt(status, 'numberAvailable') ?? 0,
    }
  }
  if (object.kind !== 'Pod') {
    return {
      desired: numberAt(object, 'spec', 'replicas') ?? 1,
      current: numberAt(status, 'replicas') ?? 0,
      available: numberAt(status, 'availableReplicas') ?? 0,
    }
  }
  const alive = pods.filter((pod) => {
    const phase = stringAt(pod, 'status', 'phase')
    return phase !== 'Succeeded' && phase !== 'Failed'
  })
  return {
    // What is wanted is known to a controller we do not read; a bare pod wants to be one.
    desired: kind === 'Pod' ? 1 : null,
    current: alive.length,
    available: alive.filter(isReady).length,
  }
}

function isReady(pod: KubeObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  )
}

function firstLabel(labels: Labels, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = labels[name]
    if (value !== undefined) return value
  }
  return undefined
}
