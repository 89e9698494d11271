/** Waiting for what a cluster brings about, told by watches. */
import type { KubernetesObject, V1Deployment, V1Pod } from '@kubernetes/client-node'
import type { Api } from './api.ts'

/** Resolves once an object at a list path satisfies `good`; rejects with `why()` after `timeoutMs`. */
async function untilObject<T extends KubernetesObject>(
  api: Api,
  path: string,
  good: (object: T) => boolean,
  why: () => Promise<string>,
  timeoutMs = 180_000,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const watched = api.watch<T>(path, {
    changed: (object) => {
      if (good(object)) resolve(object)
    },
    deleted: () => {},
  })
  const timer = setTimeout(() => {
    why().then((reason) => reject(new Error(reason)), reject)
  }, timeoutMs)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    watched.stop()
  }
}

/** Resolves once all replicas of a Deployment are of its latest template and Ready. */
export async function untilReady(
  api: Api,
  namespace: string,
  name: string,
  timeoutMs?: number,
): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments?fieldSelector=metadata.name%3D${name}`
  await untilObject<V1Deployment>(
    api,
    path,
    ({ metadata, spec, status }) =>
      status?.observedGeneration === metadata?.generation &&
      status?.readyReplicas === spec?.replicas &&
      status?.updatedReplicas === spec?.replicas &&
      status?.replicas === spec?.replicas,
    async () => `${namespace}/${name} did not become Ready: ${await podStates(api, namespace)}`,
    timeoutMs,
  )
}

/** One line per pod of a namespace with what its containers wait for, for a person. */
export async function podStates(api: Api, namespace: string): Promise<string> {
  const { items } = await api.get<{ items: V1Pod[] }>(`/api/v1/namespaces/${namespace}/pods`)
  return items
    .map(({ metadata, status }) => {
      const containers = [
        ...(status?.initContainerStatuses ?? []),
        ...(status?.containerStatuses ?? []),
      ].map(({ name, ready, restartCount, state }) => {
        const how = state?.waiting?.reason ?? state?.terminated?.reason ?? 'Running'
        return `${name} ${how}${ready ? '' : ' (not ready)'}, ${restartCount} restarts`
      })
      return `\n  ${metadata?.name} ${status?.phase}: ${containers.join('; ')}`
    })
    .join('')
}
