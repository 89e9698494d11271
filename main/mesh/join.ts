import type { Mesh } from './model.ts'

/** What decides which mesh a cluster belongs to. */
export interface Member {
  readonly name: string
  readonly meshId: string | null
  /** Fingerprints of all roots it trusts. */
  readonly roots: readonly string[]
}

/**
 * Meshes are clusters that share a mesh ID and a root of trust. Root sets need
 * only intersect: during a root change each cluster trusts the old and the new
 * one. A cluster without a known mesh ID (a remote) joins the mesh that shares
 * its root, if there is exactly one; without a known root a cluster is a mesh
 * of its own, because `cluster.local` alone proves nothing.
 */
export function joinMeshes(members: readonly Member[]): Mesh[] {
  const groups: Member[][] = []
  const named = members.filter(({ meshId }) => meshId !== null)
  for (const member of named) {
    const touching = groups.filter((group) => group.some((other) => shareMesh(member, other)))
    const merged = [...touching.flat(), member]
    for (const group of touching) groups.splice(groups.indexOf(group), 1)
    groups.push(merged)
  }
  for (const member of members) {
    if (member.meshId !== null || member.roots.length === 0) continue
    const sharing = groups.filter((group) => group.some((other) => shareRoot(member, other)))
    if (sharing.length === 1) sharing[0]?.push(member)
  }
  const order = new Map(members.map(({ name }, index) => [name, index]))
  const position = ({ name }: Member): number => order.get(name) ?? 0
  return groups
    .map((group) =>
      meshOf(
        group.sort((a, b) => position(a) - position(b)),
        groups,
      ),
    )
    .sort((a, b) => (order.get(a.clusters[0] ?? '') ?? 0) - (order.get(b.clusters[0] ?? '') ?? 0))
}

function shareMesh(a: Member, b: Member): boolean {
  return a.meshId === b.meshId && shareRoot(a, b)
}

function shareRoot(a: Member, b: Member): boolean {
  return a.roots.some((root) => b.roots.includes(root))
}

function meshOf(group: readonly Member[], groups: readonly (readonly Member[])[]): Mesh {
  const clusters = group.map(({ name }) => name)
  const meshId = group.find((member) => member.meshId !== null)?.meshId ?? ''
  const namesakes = groups.filter((other) => other.some((member) => member.meshId === meshId))
  // A root that all members share stays the mesh's root for as long as any does.
  const roots = group.map(({ roots: own }) => own).filter((own) => own.length > 0)
  const shared = [...(roots[0] ?? [])].filter((root) => roots.every((own) => own.includes(root)))
  const root = shared.sort()[0] ?? roots[0]?.[0]
  return {
    id: root === undefined ? `${meshId}@${clusters[0] ?? ''}` : `${meshId}@${root.slice(0, 16)}`,
    name: namesakes.length > 1 ? `${meshId} (${clusters[0] ?? ''})` : meshId,
    clusters,
  }
}
