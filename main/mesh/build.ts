import type { ClusterSnapshot, FleetSnapshot } from '../fleet/index.ts'
import { membershipOf, type Membership } from './control-plane.ts'
import { joinMeshes } from './join.ts'
import type { ClusterModel, MeshModel, Service, Workload } from './model.ts'
import { provenance } from './provider.ts'
import { serviceEntriesOf, servicesOf } from './service.ts'
import { workloadsOf } from './workload.ts'

interface ClusterPart {
  readonly cluster: Omit<ClusterModel, 'mesh'>
  readonly membership: Membership
  readonly workloads: readonly Workload[]
  readonly services: readonly Service[]
}

/** A cluster that did not change keeps its snapshot object, and so its part of the model. */
const parts = new WeakMap<ClusterSnapshot, ClusterPart>()

/** What a fleet's objects mean to Istio. Cost grows with the clusters that changed since the last call. */
export function buildMeshModel(snapshot: FleetSnapshot): MeshModel {
  const all = snapshot.clusters.map((cluster) => {
    const known = parts.get(cluster)
    if (known) return known
    const part = partOf(cluster)
    parts.set(cluster, part)
    return part
  })
  const meshes = joinMeshes(
    all.map(({ cluster, membership }) => ({ name: cluster.name, ...membership })),
  )
  const meshOf = new Map(meshes.flatMap(({ id, clusters }) => clusters.map((name) => [name, id])))
  return {
    clusters: all.map(({ cluster }) => ({ ...cluster, mesh: meshOf.get(cluster.name) ?? null })),
    meshes,
    workloads: all.flatMap(({ workloads }) => workloads),
    services: all.flatMap(({ services }) => services),
  }
}

function partOf({ status, objects }: ClusterSnapshot): ClusterPart {
  const { name } = status
  const membership = membershipOf(objects)
  const workloads = workloadsOf(name, objects)
  const services = [
    ...servicesOf(name, objects.Service ?? []),
    ...serviceEntriesOf(name, objects.ServiceEntry ?? []),
  ]
  const knowsWorkloads = objects.Deployment !== undefined || objects.Pod !== undefined
  const { controlPlanes, istioClusterId, meshId, trustDomain, network, roots } = membership
  return {
    membership,
    workloads,
    services,
    cluster: {
      name,
      istioClusterId,
      meshId,
      trustDomain,
      network,
      rootFingerprint: roots[0] ?? null,
      controlPlanes,
      ...provenance(objects.Node ?? []),
      counts: {
        nodes: objects.Node?.length ?? null,
        namespaces: objects.Namespace?.length ?? null,
        workloads: knowsWorkloads ? workloads.length : null,
        services: objects.Service?.length ?? null,
        gateways: knowsWorkloads ? workloads.filter(({ role }) => role === 'gateway').length : null,
      },
    },
  }
}
