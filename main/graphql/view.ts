import type { ClusterSnapshot, FleetSnapshot } from '../fleet/index.ts'
import {
  buildMeshModel,
  type ClusterModel,
  type Mesh,
  type MeshModel,
  type Service,
  type Workload,
} from '../mesh/index.ts'

/** One snapshot and what it means to Istio: what every resolver of one moment reads. */
export interface FleetView {
  readonly snapshot: FleetSnapshot
  readonly mesh: MeshModel
  readonly clusters: readonly ClusterParent[]
  readonly meshes: readonly MeshParent[]
}

/** A cluster as the schema shows it. */
export interface ClusterParent {
  readonly type: 'Cluster'
  readonly id: string
  readonly snapshot: ClusterSnapshot
  readonly model: ClusterModel | null
  readonly view: FleetView
}

/** A mesh as the schema shows it. */
export interface MeshParent {
  readonly type: 'Mesh'
  readonly id: string
  readonly mesh: Mesh
  readonly view: FleetView
}

/** Whatever `node(id)` can give. */
export type NodeParent = ClusterParent | MeshParent | Workload | Service

/** What changed between two views; `reset` when there was none before. */
export interface FleetChangeView {
  readonly reset: boolean
  readonly view: FleetView
  readonly upsertedClusters: readonly ClusterParent[]
  readonly removedClusterIds: readonly string[]
}

const globalId = (type: string, key: string) => `${type}:${encodeURIComponent(key.toWellFormed())}`

/** Makes the view of one snapshot. */
export function buildFleetView(snapshot: FleetSnapshot): FleetView {
  const mesh = buildMeshModel(snapshot)
  const models = new Map(mesh.clusters.map((model) => [model.name, model]))
  const clusters: ClusterParent[] = []
  const meshes: MeshParent[] = []
  const view: FleetView = { snapshot, mesh, clusters, meshes }
  for (const cluster of snapshot.clusters) {
    clusters.push({
      type: 'Cluster',
      id: globalId('cluster', cluster.status.name),
      snapshot: cluster,
      model: models.get(cluster.status.name) ?? null,
      view,
    })
  }
  for (const one of mesh.meshes) {
    meshes.push({ type: 'Mesh', id: globalId('mesh', one.id), mesh: one, view })
  }
  return view
}

/** What a reader of `before` must be told to know `view`. */
export function diffFleetViews(before: FleetView | null, view: FleetView): FleetChangeView {
  const known = new Map(before?.clusters.map((cluster) => [cluster.id, cluster]))
  const ids = new Set(view.clusters.map(({ id }) => id))
  return {
    reset: before === null,
    view,
    upsertedClusters: view.clusters.filter((cluster) => {
      const old = known.get(cluster.id)
      return old === undefined || face(old) !== face(cluster)
    }),
    removedClusterIds: [...known.keys()].filter((id) => !ids.has(id)),
  }
}

/** The thing with this id in a view, or null. */
export function findNode(view: FleetView, id: string): NodeParent | null {
  const parts: readonly (readonly NodeParent[])[] = [
    view.clusters,
    view.meshes,
    view.mesh.workloads,
    view.mesh.services,
  ]
  for (const part of parts) {
    const found = part.find((node) => node.id === id)
    if (found !== undefined) return found
  }
  return null
}

const faces = new WeakMap<ClusterParent, string>()

/** All that the schema shows of a cluster, comparable. */
function face(cluster: ClusterParent): string {
  let text = faces.get(cluster)
  if (text === undefined) {
    const { status, unreadable } = cluster.snapshot
    text = JSON.stringify([status, unreadable, cluster.model])
    faces.set(cluster, text)
  }
  return text
}
