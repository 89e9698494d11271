import type { V1Pod } from '@kubernetes/client-node'
import { request } from 'undici'
import type { PodCluster } from '../../rig/pods/index.ts'

/** What a demo workload said of a call it made. */
export interface Called {
  readonly status: number
  readonly body: string
}

/** Ready pods of a Deployment's app. */
export async function podsOf(
  cluster: PodCluster,
  namespace: string,
  app: string,
): Promise<readonly V1Pod[]> {
  const { items } = await cluster.api.get<{ items: V1Pod[] }>(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`,
  )
  return items.filter(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  )
}

/** One request from outside any mesh, to a pod's own address. */
export async function get(
  url: string,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const answer = await request(url, { signal: AbortSignal.timeout(10_000) })
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
}

/** Has a demo pod of `app` call `url` from inside its own network, through its sidecar. */
export async function callFrom(
  cluster: PodCluster,
  namespace: string,
  app: string,
  url: string,
): Promise<Called> {
  const [pod] = await podsOf(cluster, namespace, app)
  if (pod?.status?.podIP === undefined) throw new Error(`no pod of ${app} is Ready`)
  const { body } = await get(`http://${pod.status.podIP}:8080/call?url=${encodeURIComponent(url)}`)
  const told = JSON.parse(body) as Partial<Called> & { readonly error?: string }
  return { status: told.status ?? 0, body: told.body ?? told.error ?? '' }
}

/** Asks until the answer is as wanted; gives the last one in any case. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  tries = 120,
): Promise<T> {
  for (let left = tries; ; left--) {
    const answer = await ask()
    if (wanted(answer) || left <= 0) return answer
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
