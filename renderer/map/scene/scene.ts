import type { GraphEdge, GraphNode, HealthStatus } from '../../api/index.ts'
import { healthOrder } from '../../words/index.ts'
import type { BoxKind } from '../layout/index.ts'
import { isCrossCluster, type Visible } from './filter.ts'

/** How far the map is summed up so that it can be drawn. */
export type Level = 'workload' | 'namespace' | 'cluster'

/** How an edge's traffic is secured. */
export type Security = 'mtls' | 'partial' | 'plaintext' | 'unknown'

/** A box drawn around what belongs together. */
export interface SceneBox {
  readonly id: string
  readonly parent: string | null
  readonly kind: BoxKind
  readonly title: string
  /** The worst health in it. */
  readonly health: HealthStatus
  readonly members: readonly GraphNode[]
}

/** Something drawn as one card: a node of the graph, or a namespace or cluster summed up. */
export interface SceneNode {
  readonly id: string
  readonly parent: string | null
  readonly kind: GraphNode['kind'] | 'namespace' | 'cluster'
  readonly title: string
  /** A few words below the title. */
  readonly detail: string
  readonly health: HealthStatus
  readonly members: readonly GraphNode[]
}

/** All traffic between two cards, drawn as one line. */
export interface SceneEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly protocols: readonly GraphEdge['protocol'][]
  /** Sum of HTTP and gRPC; null where there is none. */
  readonly requestRate: number | null
  readonly errorRatio: number | null
  /** Both directions together; null where not known. */
  readonly bytesPerSecond: number | null
  readonly security: Security
  readonly crossCluster: boolean
  readonly members: readonly GraphEdge[]
}

/** What is drawn, at one level of detail. */
export interface Scene {
  readonly level: Level
  readonly boxes: readonly SceneBox[]
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
}

/** At most so many boxes, cards and lines are drawn at once. */
export const drawnAtMost = 400

/** The most detailed scene that stays within the limit; clusters summed up if none does. */
export function buildScene(visible: Visible, limit: number = drawnAtMost): Scene {
  for (const level of ['workload', 'namespace'] as const) {
    const scene = sceneAt(visible, level)
    if (scene.boxes.length + scene.nodes.length + scene.edges.length <= limit) return scene
  }
  return sceneAt(visible, 'cluster')
}

/** The scene at one level. Rates at every level add up to those of what they hide. */
export function sceneAt(visible: Visible, level: Level): Scene {
  const boxes = new Map<string, SceneBox & { members: GraphNode[] }>()
  const cards = new Map<string, SceneNode & { members: GraphNode[] }>()
  const cardOf = new Map<string, string>()
  const box = (id: string, kind: BoxKind, parent: string | null, title: string) => {
    if (!boxes.has(id)) boxes.set(id, { id, kind, parent, title, health: 'unknown', members: [] })
    return id
  }
  const grouped = appsWithSeveral(visible.nodes)
  for (const node of visible.nodes) {
    const card = cardFor(node, level)
    cardOf.set(node.id, card.id)
    const known = cards.get(card.id)
    if (known !== undefined) {
      known.members.push(node)
      continue
    }
    let parent: string | null = null
    if (node.cluster !== '' && level !== 'cluster') {
      parent = box(boxId('cluster', node.cluster), 'cluster', null, node.cluster)
      if (node.namespace !== '' && level !== 'namespace') {
        const id = boxId('namespace', node.cluster, node.namespace)
        parent = box(id, 'namespace', parent, node.namespace)
        const app = grouped.get(node.id)
        if (app !== undefined) {
          parent = box(boxId('app', node.cluster, node.namespace, app), 'app', parent, app)
        }
      }
    }
    cards.set(card.id, { ...card, parent, members: [node] })
  }
  const nodes = [...cards.values()].map((card) => summarise(card, level))
  for (const { members, parent } of nodes) {
    for (let at = parent; at !== null; at = boxes.get(at)?.parent ?? null) {
      boxes.get(at)?.members.push(...members)
    }
  }
  return {
    level,
    boxes: [...boxes.values()].map((b) => ({ ...b, health: worst(b.members) })),
    nodes,
    edges: mergeEdges(visible, cardOf),
  }
}

/** The id of a box, which no node has. */
function boxId(kind: BoxKind, ...path: readonly string[]): string {
  return `box-${kind}:${path.map(encodeURIComponent).join('/')}`
}

/** The worst health of some nodes; `idle` and `unknown` count only where nothing else is. */
export function worst(members: readonly GraphNode[]): HealthStatus {
  const found = new Set(members.map(({ health }) => health.status))
  const known = healthOrder.filter((status) => status !== 'idle' && status !== 'unknown')
  return known.find((status) => found.has(status)) ?? (found.has('idle') ? 'idle' : 'unknown')
}

/** How the members of an edge are secured, together. */
export function securityOf(edges: readonly GraphEdge[]): Security {
  const ratios = edges.map(({ mtls }) => mtls.ratio).filter((ratio) => ratio !== null)
  if (ratios.length === 0) return 'unknown'
  // Shares are floating sums: a hair off the whole is the whole.
  if (ratios.every((ratio) => ratio > 0.9999)) return 'mtls'
  return ratios.every((ratio) => ratio < 0.0001) ? 'plaintext' : 'partial'
}

/** Nodes whose app has more than one node in its namespace, with the app's name. */
function appsWithSeveral(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const members = new Map<string, GraphNode[]>()
  for (const node of nodes) {
    if (node.app === null || node.kind !== 'workload') continue
    const key = boxId('app', node.cluster, node.namespace, node.app)
    const known = members.get(key)
    if (known === undefined) members.set(key, [node])
    else known.push(node)
  }
  const grouped = new Map<string, string>()
  for (const same of members.values()) {
    if (same.length < 2) continue
    for (const { id, app } of same) if (app !== null) grouped.set(id, app)
  }
  return grouped
}

type Card = Omit<SceneNode, 'parent' | 'members'>

function cardFor(node: GraphNode, level: Level): Card {
  const inFleet = node.cluster !== ''
  if (level === 'cluster' && inFleet) {
    return card(boxId('cluster', node.cluster), 'cluster', node.cluster)
  }
  if (level === 'namespace' && inFleet && node.namespace !== '') {
    return card(boxId('namespace', node.cluster, node.namespace), 'namespace', node.namespace)
  }
  return { ...card(node.id, node.kind, node.name), detail: detailOf(node) }
}

function card(id: string, kind: SceneNode['kind'], title: string): Card {
  return { id, kind, title, detail: '', health: 'unknown' }
}

function detailOf(node: GraphNode): string {
  if (node.kind === 'external') return 'outside the fleet'
  if (node.kind === 'service') return 'service'
  if (node.kind === 'gateway') return 'gateway'
  if (node.kind === 'app') return node.version ?? 'app'
  const kubernetesKind = node.kubernetesKind === 'Deployment' ? null : node.kubernetesKind
  return [node.version, kubernetesKind].filter((part) => part !== null).join(' · ')
}

function summarise<T extends SceneNode>(node: T, level: Level): T {
  const health = worst(node.members)
  if (level === 'workload' || (node.kind !== 'namespace' && node.kind !== 'cluster')) {
    return { ...node, health: node.members[0]?.health.status ?? health }
  }
  const sick = node.members.filter(
    (m) => m.health.status === 'failing' || m.health.status === 'degraded',
  ).length
  const detail = `${node.members.length} workloads${sick > 0 ? ` · ${sick} with problems` : ''}`
  return { ...node, health, detail }
}

function mergeEdges(visible: Visible, cardOf: ReadonlyMap<string, string>): SceneEdge[] {
  const nodeOf = new Map(visible.nodes.map((node) => [node.id, node] as const))
  const merged = new Map<
    string,
    { source: string; target: string; members: GraphEdge[]; cross: boolean }
  >()
  for (const edge of visible.edges) {
    const source = cardOf.get(edge.source)
    const target = cardOf.get(edge.target)
    const from = nodeOf.get(edge.source)
    const to = nodeOf.get(edge.target)
    if (source === undefined || target === undefined || from === undefined || to === undefined)
      continue
    if (source === target) continue
    const id = `${source}>${target}`
    const known = merged.get(id)
    if (known === undefined) {
      merged.set(id, { source, target, members: [edge], cross: isCrossCluster(from, to) })
    } else {
      known.members.push(edge)
    }
  }
  return [...merged].map(([id, { source, target, members, cross }]) => {
    const requests = members.filter(({ requestRate }) => requestRate !== null)
    const requestRate = sum(requests.map((edge) => edge.requestRate))
    const failed = sum(requests.map((edge) => (edge.requestRate ?? 0) * (edge.errorRatio ?? 0)))
    return {
      id,
      source,
      target,
      protocols: [...new Set(members.map(({ protocol }) => protocol))].sort(),
      requestRate,
      errorRatio: requestRate === null || requestRate === 0 ? null : (failed ?? 0) / requestRate,
      bytesPerSecond: sum(
        members.flatMap(({ bytesPerSecond: { sent, received } }) => [sent, received]),
      ),
      security: securityOf(members),
      crossCluster: cross,
      members,
    }
  })
}

/** The sum of what is known; null where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}
