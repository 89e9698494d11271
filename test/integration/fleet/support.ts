import { readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import {
  createLiveFleet,
  type ClusterSnapshot,
  type FleetSource,
  type LiveFleetOptions,
} from '../../../main/fleet/index.ts'
import type { RigCluster } from '../../rig/index.ts'

/** A live fleet on kubeconfig files, with nothing set. */
export function fleetOn(
  kubeconfigs: readonly string[],
  options: Partial<LiveFleetOptions> = {},
): FleetSource {
  const settings = { contexts: null, primaryContexts: {}, kubeconfigs: [] }
  return createLiveFleet({ kubeconfigs, settings, ...options })
}

/** Waits for a snapshot of which something holds; fails with what the clusters last said. */
export async function until(
  fleet: FleetSource,
  holds: (clusters: readonly ClusterSnapshot[]) => boolean,
  timeoutMs = 30_000,
): Promise<readonly ClusterSnapshot[]> {
  return await new Promise((resolve, reject) => {
    const check = (): void => {
      const { clusters } = fleet.snapshot()
      if (!holds(clusters)) return
      stop()
      resolve(clusters)
    }
    const timer = setTimeout(() => {
      stop()
      const said = fleet.snapshot().clusters.map(({ status, unreadable, objects }) => ({
        ...status,
        unreadable,
        counts: Object.entries(objects).map(([kind, list]) => `${kind} ${list?.length ?? 0}`),
      }))
      reject(new Error(`never happened; at last: ${JSON.stringify(said, null, 1)}`))
    }, timeoutMs)
    const unsubscribe = fleet.subscribe(check)
    const stop = (): void => {
      clearTimeout(timer)
      unsubscribe()
    }
    check()
  })
}

/** The cluster of that name. */
export function named(clusters: readonly ClusterSnapshot[], name: string): ClusterSnapshot {
  const cluster = clusters.find(({ status }) => status.name === name)
  if (!cluster) throw new Error(`no cluster ${name}`)
  return cluster
}

/** True when every cluster was read, or said why not, and its telemetry is known. */
export function allRead(clusters: readonly ClusterSnapshot[]): boolean {
  return clusters.every(({ status: { state, telemetry } }) =>
    state === 'ready' || state === 'degraded'
      ? telemetry.state !== 'unknown'
      : state !== 'connecting',
  )
}

/** Names of a cluster's objects of a kind in a namespace, sorted. */
export function names(
  cluster: ClusterSnapshot,
  kind: keyof ClusterSnapshot['objects'],
  namespace: string,
): string[] {
  return (cluster.objects[kind] ?? [])
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name)
    .sort()
}

/** A Deployment of one pod. */
export function deployment(namespace: string, name: string) {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
      },
    },
  }
}

/** A Namespace. */
export function namespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

interface KubeconfigFile {
  clusters: { name: string; cluster: Record<string, unknown> }[]
  users: { name: string; user: Record<string, unknown> }[]
  contexts: { name: string; context: Record<string, unknown> }[]
}

/** Writes a kubeconfig that differs from another as `change` says. */
export function kubeconfigLike(
  original: string,
  path: string,
  change: (config: KubeconfigFile) => void,
): string {
  const config = parse(readFileSync(original, 'utf8')) as KubeconfigFile
  change(config)
  writeFileSync(path, stringify(config), { mode: 0o600 })
  return path
}

/** A token of a new service account that may do what `rules` say: everywhere, or in one namespace. */
export async function tokenFor(
  cluster: Pick<RigCluster, 'apply' | 'request'>,
  account: string,
  rules: readonly object[],
  onlyIn: string | null = null,
): Promise<string> {
  const kind = onlyIn === null ? 'ClusterRole' : 'Role'
  const scope = onlyIn === null ? {} : { namespace: onlyIn }
  const rbac = 'rbac.authorization.k8s.io'
  await cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: 'default' },
    },
    { apiVersion: `${rbac}/v1`, kind, metadata: { name: account, ...scope }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${kind}Binding`,
      metadata: { name: account, ...scope },
      roleRef: { apiGroup: rbac, kind, name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
    },
  ])
  const answer = await cluster.request(
    'POST',
    `/api/v1/namespaces/default/serviceaccounts/${account}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  )
  return answer.json<{ status: { token: string } }>().status.token
}
