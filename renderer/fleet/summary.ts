import type { Cluster, Fleet, Mesh } from '../api/index.ts'

/** Clusters of one mesh, or those without one. */
export interface MeshGroup {
  /** The mesh; null for clusters that are in none, or of which it is not known. */
  readonly mesh: Mesh | null
  readonly clusters: readonly Cluster[]
}

/** Puts each cluster under its mesh, meshes in the order of their first cluster, those without one last. */
export function groupByMesh(fleet: Fleet): readonly MeshGroup[] {
  const meshOf = new Map<string, Mesh>()
  for (const mesh of fleet.meshes) {
    for (const { id } of mesh.clusters) meshOf.set(id, mesh)
  }
  const grouped = new Map<Mesh | null, Cluster[]>()
  for (const cluster of fleet.clusters) {
    const mesh = meshOf.get(cluster.id) ?? null
    const members = grouped.get(mesh)
    if (members === undefined) grouped.set(mesh, [cluster])
    else members.push(cluster)
  }
  const groups = [...grouped].map(([mesh, clusters]) => ({ mesh, clusters }))
  return groups.sort((a, b) => Number(a.mesh === null) - Number(b.mesh === null))
}

/** One thing wrong with a cluster, and what to do about it. */
export interface Problem {
  readonly severity: 'danger' | 'warning'
  readonly title: string
  readonly reason: string | null
  readonly remedy: string | null
}

/** What is wrong with a cluster, worst first; empty when nothing is, or it is paused by choice. */
export function problemsOf(cluster: Cluster): readonly Problem[] {
  const problems: Problem[] = []
  if (cluster.state === 'unauthorized' || cluster.state === 'unreachable') {
    problems.push({
      severity: 'danger',
      title: cluster.state === 'unauthorized' ? 'Access refused' : 'Cannot be reached',
      reason: cluster.reason,
      remedy: cluster.remedy,
    })
  }
  for (const plane of cluster.controlPlanes) {
    if (plane.ready) continue
    problems.push({
      severity: 'danger',
      title: `Control plane ${plane.revision} is not ready`,
      reason: `Deployment ${plane.namespace}/${plane.name} is not available.`,
      remedy: null,
    })
  }
  if (cluster.telemetry.state === 'missing' || cluster.telemetry.state === 'failing') {
    problems.push({
      severity: cluster.telemetry.state === 'failing' ? 'danger' : 'warning',
      title: cluster.telemetry.state === 'failing' ? 'No telemetry' : 'No Prometheus found',
      reason: cluster.telemetry.reason,
      remedy: cluster.telemetry.remedy,
    })
  }
  if (cluster.state === 'degraded') {
    problems.push({
      severity: 'warning',
      title: 'Degraded',
      reason: cluster.reason,
      remedy: cluster.remedy,
    })
  }
  return problems.sort(
    (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
  )
}
