import type { MeshModel } from '../mesh/index.ts'
import type { TelemetryAnswer } from './input.ts'
import { isKnown, ownLabels } from './labels.ts'

/**
 * What cluster labels mean to each answer. A label (`source_cluster`) means
 * something only inside one mesh; an ID that two clusters claim, and
 * `Kubernetes` (every stand-alone install's default) where nobody claims it,
 * mean the cluster whose Prometheus answered.
 */
export interface ClusterNames {
  /** The cluster's name for a label in one answer; null where the label tells nothing. */
  resolve(answer: number, label: string): string | null
  /** The cluster an answer speaks for, for what carries no label; null when it speaks for several. */
  home(answer: number): string | null
  /** Names of clusters by which some endpoint answered. */
  readonly answering: ReadonlySet<string>
}

interface Endpoint {
  readonly name: string
  /** Fleet clusters it speaks for. */
  readonly clusters: readonly string[]
  /** Labels its own proxies carry: those of the side that reports. */
  readonly own: ReadonlySet<string>
  mesh: string
  /** Own label to cluster name. */
  readonly names: Map<string, string>
}

const standAlone = 'Kubernetes'

/** Finds out what the cluster labels of all answers mean, by objects where there are any. */
export function clusterNames(
  answers: readonly TelemetryAnswer[],
  model: MeshModel | null,
): ClusterNames {
  const endpoints = gatherEndpoints(answers)
  assignMeshes(endpoints, model)
  nameOwnLabels(endpoints, model)
  const claims = gatherClaims(endpoints, model)
  const foreign = nameForeignLabels(endpoints, claims, model, answers)

  function meaning(endpoint: Endpoint, label: string): string {
    const claimants = claims.get(endpoint.mesh)?.get(label) ?? none
    if (claimants.size === 1) for (const only of claimants) return only
    const mine = endpoint.clusters.filter((name) => claimants.has(name))
    const [ours] = mine
    if (mine.length === 1 && ours !== undefined) return ours
    const home = homeOf(endpoint)
    const isOurs = endpoint.names.get(label)
    if (isOurs !== undefined) return isOurs
    if (home !== null && (claimants.size > 1 || label === standAlone)) return home
    return foreign(endpoint.mesh, label)
  }

  const endpointOf = answers.map((answer) => endpoints.get(answer.endpoint))
  return {
    resolve(answer, label) {
      const endpoint = endpointOf[answer]
      return endpoint === undefined || !isKnown(label) ? null : meaning(endpoint, label)
    },
    home(answer) {
      const endpoint = endpointOf[answer]
      return endpoint === undefined ? null : homeOf(endpoint)
    },
    answering: new Set(
      [...endpoints.values()].flatMap((endpoint) => [
        ...endpoint.clusters,
        ...[...endpoint.own].map((label) => meaning(endpoint, label)),
      ]),
    ),
  }
}

const none: ReadonlySet<string> = new Set()

function homeOf(endpoint: Endpoint): string | null {
  const [only] = endpoint.clusters
  if (endpoint.clusters.length === 1 && only !== undefined) return only
  const named = new Set(endpoint.names.values())
  if (endpoint.clusters.length === 0 && named.size === 1) for (const name of named) return name
  return null
}

function gatherEndpoints(answers: readonly TelemetryAnswer[]): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>()
  for (const answer of answers) {
    const before = endpoints.get(answer.endpoint)
    endpoints.set(answer.endpoint, {
      name: answer.endpoint,
      clusters: [...new Set([...(before?.clusters ?? []), ...answer.clusters])],
      own: new Set([...(before?.own ?? []), ...ownLabels(answer.edges)]),
      mesh: '',
      names: new Map(),
    })
  }
  return endpoints
}

/**
 * The mesh of each endpoint: its clusters' where objects tell, else one for
 * all of them, except those that claim the same label: each of these is a mesh
 * of its own.
 */
function assignMeshes(endpoints: ReadonlyMap<string, Endpoint>, model: MeshModel | null): void {
  const meshOf = new Map(model?.clusters.map((cluster) => [cluster.name, cluster.mesh]))
  const untold: Endpoint[] = []
  for (const endpoint of endpoints.values()) {
    const mesh = endpoint.clusters
      .map((name) => meshOf.get(name) ?? null)
      .find((one) => one !== null)
    if (mesh === undefined || mesh === null) untold.push(endpoint)
    else endpoint.mesh = `mesh ${mesh}`
  }
  const claimedBy = new Map<string, number>()
  for (const { own } of untold) {
    for (const label of own) claimedBy.set(label, (claimedBy.get(label) ?? 0) + 1)
  }
  for (const endpoint of untold) {
    const isDisputed = [...endpoint.own].some((label) => (claimedBy.get(label) ?? 0) > 1)
    endpoint.mesh = isDisputed ? `endpoint ${endpoint.name}` : 'untold'
  }
}

/** Names the clusters an endpoint's own proxies are in, where no object tells. */
function nameOwnLabels(endpoints: ReadonlyMap<string, Endpoint>, model: MeshModel | null): void {
  const claimed = new Set(
    model?.clusters.map(({ mesh, istioClusterId }) => `mesh ${mesh} ${istioClusterId}`),
  )
  const bare = new Map<string, number>()
  for (const { clusters, own } of endpoints.values()) {
    if (clusters.length > 0) continue
    for (const label of own) bare.set(label, (bare.get(label) ?? 0) + 1)
  }
  for (const endpoint of endpoints.values()) {
    const [only] = endpoint.clusters
    const isOne = endpoint.clusters.length === 1 && only !== undefined
    for (const label of endpoint.own) {
      if (isOne && endpoint.own.size === 1) {
        if (!claimed.has(`${endpoint.mesh} ${label}`)) endpoint.names.set(label, only)
      } else if (endpoint.clusters.length === 0) {
        const isShared = (bare.get(label) ?? 0) > 1
        endpoint.names.set(label, isShared ? `${label}@${endpoint.name}` : label)
      }
    }
  }
}

/** Within each mesh, who claims which label. */
function gatherClaims(endpoints: ReadonlyMap<string, Endpoint>, model: MeshModel | null) {
  const claims = new Map<string, Map<string, Set<string>>>()
  const claim = (mesh: string, label: string, cluster: string) => {
    const labels = claims.get(mesh) ?? new Map<string, Set<string>>()
    claims.set(mesh, labels)
    const claimants = labels.get(label) ?? new Set<string>()
    labels.set(label, claimants)
    claimants.add(cluster)
  }
  for (const { name, mesh, istioClusterId } of model?.clusters ?? []) {
    if (mesh !== null && istioClusterId !== null) claim(`mesh ${mesh}`, istioClusterId, name)
  }
  const untoldIds = new Map(
    model?.clusters.flatMap(({ name, mesh, istioClusterId }) =>
      mesh === null && istioClusterId !== null ? [[name, istioClusterId] as const] : [],
    ),
  )
  for (const endpoint of endpoints.values()) {
    for (const [label, cluster] of endpoint.names) claim(endpoint.mesh, label, cluster)
    for (const cluster of endpoint.clusters) {
      const id = untoldIds.get(cluster)
      if (id !== undefined) claim(endpoint.mesh, id, cluster)
    }
  }
  return claims
}

/**
 * Names for labels of clusters that are not in the fleet: the label itself,
 * told apart by mesh where it would be taken for another cluster.
 */
function nameForeignLabels(
  endpoints: ReadonlyMap<string, Endpoint>,
  claims: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>,
  model: MeshModel | null,
  answers: readonly TelemetryAnswer[],
): (mesh: string, label: string) => string {
  const taken = new Set<string>([
    ...(model?.clusters.map(({ name }) => name) ?? []),
    ...[...endpoints.values()].flatMap(({ clusters, names }) => [...clusters, ...names.values()]),
  ])
  const meshesOf = new Map<string, Set<string>>()
  for (const answer of answers) {
    const mesh = endpoints.get(answer.endpoint)?.mesh ?? ''
    for (const table of [answer.edges.requests, answer.edges.tcp]) {
      for (const name of ['source_cluster', 'destination_cluster']) {
        for (const label of table.labels[name]?.dictionary ?? []) {
          if (claims.get(mesh)?.has(label) === true) continue
          meshesOf.set(label, (meshesOf.get(label) ?? new Set()).add(mesh))
        }
      }
    }
  }
  return (mesh, label) => {
    const isAmbiguous = taken.has(label) || (meshesOf.get(label)?.size ?? 0) > 1
    return isAmbiguous ? `${label}@${mesh.slice(mesh.indexOf(' ') + 1)}` : label
  }
}
