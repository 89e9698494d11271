import {
  definitions,
  discoverKinds,
  explainFailure,
  jitter,
  pause,
  resources,
  startReflector,
  type KubeObject,
  type Reflector,
  type Resource,
  type ResourceKind,
} from '../kube/index.ts'
import type { Connection } from './connection.ts'

/** All objects of one cluster, kept up to date. */
export interface ClusterWatch {
  objects(): Partial<Record<ResourceKind, readonly KubeObject[]>>
  /** Why kinds cannot be read: `forbidden`, `not served`, `only namespace NAME`, or the server's words. */
  unreadable(): Partial<Record<ResourceKind, string>>
  /** True until every kind was read once, or was found not to be readable. */
  syncing(): boolean
  /** Kinds that rights or failures (and not the cluster's make) withhold. */
  withheld(): {
    readonly forbidden: readonly ResourceKind[]
    readonly failing: readonly ResourceKind[]
  }
  stop(): void
}

const istioNamespace = 'istio-system'
const controlPlaneLookMs = 100
const rediscoverMs = [500, 2_000, 5_000, 15_000, 60_000]
/** How often to look for new kinds where definitions may not be watched. */
const blindRediscoverMs = 600_000

/**
 * Starts watching a cluster. ConfigMaps are read only where control planes
 * live; kinds that the cluster does not serve are picked up when it begins to.
 */
export function startClusterWatch(
  connection: Connection,
  options: { readonly fallbackNamespace: string | null; readonly onChange: () => void },
): ClusterWatch {
  const stopped = new AbortController()
  const reflectors = new Map<string, Reflector>()
  const notServed = new Set<ResourceKind>()
  let discovered = false
  /** Why custom kinds are not known, where asking for them failed. */
  let discoveryProblem: string | null = null
  let discovering: Promise<void> | null = null
  let looking: NodeJS.Timeout | null = null

  function start(resource: Resource<string>, version: string, namespace: string | null): Reflector {
    const key = namespace === null ? resource.kind : `${resource.kind} ${namespace}`
    const running = reflectors.get(key)
    if (running) return running
    const reflector = startReflector({
      client: connection.client,
      resource,
      version,
      namespace,
      fallbackNamespace: options.fallbackNamespace,
      onChange: () => changed(resource.kind),
      reachable: () => connection.reachable(),
      onConnectionFailure: () => connection.suspect(),
    })
    reflectors.set(key, reflector)
    return reflector
  }

  function changed(kind: string): void {
    if (stopped.signal.aborted) return
    if (kind === definitions.kind) void discover()
    else {
      if (kind === 'Deployment') lookForControlPlanes()
      options.onChange()
    }
  }

  /** Deployments change often, control planes seldom come. */
  function lookForControlPlanes(): void {
    looking ??= setTimeout(() => {
      looking = null
      watchControlPlaneNamespaces()
    }, controlPlaneLookMs)
  }

  function watchControlPlaneNamespaces(): void {
    const configMaps = resources.find(({ kind }) => kind === 'ConfigMap')
    if (!configMaps) return
    const namespaces = new Set([istioNamespace])
    for (const { metadata } of reflectors.get('Deployment')?.objects() ?? []) {
      if (metadata.labels?.['app'] === 'istiod' && metadata.namespace) {
        namespaces.add(metadata.namespace)
      }
    }
    for (const namespace of namespaces) start(configMaps, 'v1', namespace)
  }

  /** Looks which kinds are served, until every definition that exists is. */
  function discover(): Promise<void> {
    discovering ??= runDiscovery().finally(() => {
      discovering = null
    })
    return discovering
  }

  async function runDiscovery(): Promise<void> {
    for (let attempt = 0; !stopped.signal.aborted; attempt++) {
      await connection.reachable()
      try {
        const complete = applyKinds(await discoverKinds(connection.client, stopped.signal))
        if (complete || attempt >= rediscoverMs.length) return
      } catch (error) {
        if (stopped.signal.aborted) return
        discoveryProblem = explainFailure(error, connection.client.server).reason
        // What is built in can be shown all the same.
        discovered = true
        options.onChange()
      }
      const waitMs = rediscoverMs[Math.min(attempt, rediscoverMs.length - 1)] ?? 60_000
      await pause(jitter(waitMs), stopped.signal)
    }
  }

  function applyKinds(versions: ReadonlyMap<ResourceKind, string>): boolean {
    const defined = new Set(
      reflectors
        .get(definitions.kind)
        ?.objects()
        .map(({ metadata }) => metadata.name),
    )
    let complete = true
    notServed.clear()
    for (const resource of resources) {
      if (resource.builtIn) continue
      const version = versions.get(resource.kind)
      const running = reflectors.get(resource.kind)?.status()
      if (
        version === undefined ||
        (running?.state === 'unreadable' && running.why === 'notServed')
      ) {
        reflectors.get(resource.kind)?.stop()
        reflectors.delete(resource.kind)
      }
      if (version !== undefined) {
        start(resource, version, null)
        continue
      }
      if (defined.has(`${resource.plural}.${resource.group}`)) complete = false
      notServed.add(resource.kind)
    }
    discovered = true
    discoveryProblem = null
    options.onChange()
    return complete
  }

  async function discoverBlindly(): Promise<void> {
    while (!stopped.signal.aborted) {
      await pause(jitter(blindRediscoverMs), stopped.signal)
      const status = reflectors.get(definitions.kind)?.status()
      if (status?.state === 'unreadable' && !stopped.signal.aborted) await discover()
    }
  }

  for (const resource of resources) {
    if (resource.builtIn && resource.kind !== 'ConfigMap')
      start(resource, resource.versions[0] ?? 'v1', null)
  }
  watchControlPlaneNamespaces()
  start(definitions, 'v1', null)
  void discover()
  void discoverBlindly()

  const ofKind = (kind: ResourceKind): Reflector[] =>
    [...reflectors.values()].filter(({ resource }) => resource.kind === kind)
  const merged = new Map<
    ResourceKind,
    { parts: readonly (readonly KubeObject[])[]; all: readonly KubeObject[] }
  >()

  /** One array per kind, the same as long as nothing in it changed. */
  function objectsOf(kind: ResourceKind): readonly KubeObject[] | null {
    const parts = ofKind(kind)
      .filter(
        (reflector) => reflector.status().state === 'synced' || reflector.objects().length > 0,
      )
      .map((reflector) => reflector.objects())
    if (parts.length === 0) return null
    const only = parts[0]
    if (parts.length === 1 && only) return only
    const last = merged.get(kind)
    if (
      last &&
      last.parts.length === parts.length &&
      last.parts.every((part, i) => part === parts[i])
    ) {
      return last.all
    }
    const all = parts.flat()
    merged.set(kind, { parts, all })
    return all
  }

  function withheld(): { forbidden: ResourceKind[]; failing: ResourceKind[] } {
    const forbidden: ResourceKind[] = []
    const failing: ResourceKind[] = []
    for (const { kind } of resources) {
      const all = ofKind(kind)
      const statuses = all.map((reflector) => reflector.status())
      if (statuses.length === 0) continue
      if (statuses.some((status) => status.state === 'unreadable' && status.why === 'forbidden'))
        forbidden.push(kind)
      else if (all.some((reflector) => reflector.restrictedTo() !== null)) forbidden.push(kind)
      else if (
        statuses.some((status) => status.state === 'unreadable' && status.why === 'failing')
      ) {
        failing.push(kind)
      }
    }
    return { forbidden, failing }
  }

  return {
    objects() {
      const objects: Partial<Record<ResourceKind, readonly KubeObject[]>> = {}
      for (const { kind } of resources) {
        const some = objectsOf(kind)
        if (some) objects[kind] = some
      }
      return objects
    },
    unreadable() {
      const reasons: Partial<Record<ResourceKind, string>> = {}
      for (const { kind, builtIn } of resources) {
        if (notServed.has(kind)) reasons[kind] = 'not served'
        else if (!builtIn && discoveryProblem !== null) reasons[kind] = discoveryProblem
      }
      for (const { kind } of resources) {
        for (const reflector of ofKind(kind)) {
          const status = reflector.status()
          const only = reflector.restrictedTo()
          if (status.state === 'unreadable') reasons[kind] = status.reason
          else if (only !== null) reasons[kind] = `only namespace ${only}`
        }
      }
      return reasons
    },
    syncing: () =>
      !discovered ||
      [...reflectors.values()].some(
        (reflector) =>
          reflector.status().state === 'syncing' && reflector.resource.kind !== definitions.kind,
      ),
    withheld,
    stop() {
      stopped.abort()
      if (looking) clearTimeout(looking)
      for (const reflector of reflectors.values()) reflector.stop()
    },
  }
}
