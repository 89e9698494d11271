import type { Scene } from '../scene/index.ts'

/** What stands out on the map; null for everything alike. */
export interface Emphasis {
  readonly nodes: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
}

/** The selected thing with its neighbourhood, or else what the search finds. */
export function emphasisOf(scene: Scene, selected: string | null, search: string): Emphasis | null {
  return selectionEmphasis(scene, selected) ?? searchEmphasis(scene, search)
}

function selectionEmphasis(scene: Scene, selected: string | null): Emphasis | null {
  if (selected === null) return null
  const edge = scene.edges.find(({ id }) => id === selected)
  if (edge !== undefined) {
    return { nodes: new Set([edge.source, edge.target]), edges: new Set([edge.id]) }
  }
  const core = new Set<string>()
  if (scene.nodes.some(({ id }) => id === selected)) core.add(selected)
  const box = scene.boxes.find(({ id }) => id === selected)
  if (box !== undefined) {
    const inside = new Set(box.members)
    for (const node of scene.nodes) {
      if (node.members.some((member) => inside.has(member))) core.add(node.id)
    }
  }
  if (core.size === 0) return null
  const nodes = new Set(core)
  const edges = new Set<string>()
  for (const { id, source, target } of scene.edges) {
    if (!core.has(source) && !core.has(target)) continue
    edges.add(id)
    nodes.add(source)
    nodes.add(target)
  }
  return { nodes, edges }
}

function searchEmphasis(scene: Scene, search: string): Emphasis | null {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return null
  const nodes = new Set(
    scene.nodes
      .filter(({ title, members }) =>
        [
          title,
          ...members.flatMap(({ name, namespace, cluster }) => [name, namespace, cluster]),
        ].some((text) => text.toLowerCase().includes(wanted)),
      )
      .map(({ id }) => id),
  )
  const edges = new Set(
    scene.edges
      .filter(({ source, target }) => nodes.has(source) && nodes.has(target))
      .map(({ id }) => id),
  )
  return { nodes, edges }
}
