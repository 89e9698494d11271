/**
 * Stand-in for a cloud's load balancer controller: gives each Service of type
 * LoadBalancer an address of its cluster's range. That the address leads to
 * the Service's pods is kube-proxy's doing, as with a real one.
 */
import type { V1Service } from '@kubernetes/client-node'
import type { ClusterAddresses } from './addresses.ts'
import type { Api, Watched } from './api.ts'

/** Starts it; ends with the returned watch. */
export function startLoadBalancerStandIn(
  api: Api,
  addresses: ClusterAddresses,
  say: (line: string) => void,
): Watched<V1Service> {
  const given = new Map<string, number>()
  const take = (uid: string): number => {
    const before = given.get(uid)
    if (before !== undefined) return before
    const taken = new Set(given.values())
    let n = 0
    while (taken.has(n)) n++
    given.set(uid, n)
    return n
  }
  const give = async (service: V1Service): Promise<void> => {
    const { name, namespace, uid = '' } = service.metadata ?? {}
    const balanced = service.spec?.type === 'LoadBalancer'
    if (!balanced && !given.has(uid)) return
    const ip = balanced ? addresses.loadBalancerIp(take(uid)) : null
    if (ip === null) given.delete(uid)
    const ingress = service.status?.loadBalancer?.ingress ?? []
    if (ingress.map((entry) => entry.ip).join() === (ip ?? '')) return
    await api.patch(
      `/api/v1/namespaces/${namespace}/services/${name}/status`,
      { status: { loadBalancer: { ingress: ip === null ? [] : [{ ip, ipMode: 'VIP' }] } } },
      'merge-patch',
    )
  }
  return api.watch<V1Service>('/api/v1/services', {
    changed: (service) =>
      void give(service).catch((error: unknown) => say(`load balancer: ${String(error)}`)),
    deleted: (service) => given.delete(service.metadata?.uid ?? ''),
  })
}
