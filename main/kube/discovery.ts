import type { KubeClient } from './client.ts'
import { isRecord } from './keep.ts'
import type { ResourceKind } from './object.ts'
import { customGroups, resources } from './resources.ts'

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',')

/**
 * Which of our kinds an API server serves, and in which version we read each.
 * Kinds that are built in are always there. Asks once where discovery is
 * aggregated (Kubernetes 1.26 and newer), else once for each group of ours.
 */
export async function discoverKinds(
  client: KubeClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<ResourceKind, string>> {
  const answer = await client.getJson('/apis', { signal, headers: { accept: aggregated } })
  const served =
    isRecord(answer) && answer['kind'] === 'APIGroupDiscoveryList'
      ? aggregatedPlurals(answer)
      : await pluralsByGroup(client, answer, signal)
  const versions = new Map<ResourceKind, string>()
  for (const { kind, group, plural, versions: readable, builtIn } of resources) {
    const version = builtIn
      ? readable[0]
      : readable.find((candidate) => served.has(`${group}/${candidate}/${plural}`))
    if (version !== undefined) versions.set(kind, version)
  }
  return versions
}

function aggregatedPlurals(answer: Readonly<Record<string, unknown>>): Set<string> {
  const served = new Set<string>()
  for (const group of records(answer['items'])) {
    const name = isRecord(group['metadata']) ? group['metadata']['name'] : undefined
    if (typeof name !== 'string' || !customGroups.has(name)) continue
    for (const version of records(group['versions'])) {
      for (const resource of records(version['resources'])) {
        served.add(`${name}/${String(version['version'])}/${String(resource['resource'])}`)
      }
    }
  }
  return served
}

async function pluralsByGroup(
  client: KubeClient,
  answer: unknown,
  signal: AbortSignal,
): Promise<Set<string>> {
  const served = new Set<string>()
  const groups = records(isRecord(answer) ? answer['groups'] : undefined)
  const wanted = groups.filter((group) => customGroups.has(String(group['name'])))
  const paths = wanted.flatMap((group) =>
    records(group['versions']).map((version) => String(version['groupVersion'])),
  )
  await Promise.all(
    paths.map(async (path) => {
      const list = await client.getJson(`/apis/${path}`, { signal })
      for (const resource of records(isRecord(list) ? list['resources'] : undefined)) {
        served.add(`${path}/${String(resource['name'])}`)
      }
    }),
  )
  return served
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
