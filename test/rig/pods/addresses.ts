/**
 * Who has which address. One run of the rig on a machine claims a number (0 to
 * 7), each of its clusters an index (0 to 7); everything follows from the two,
 * so runs side by side never meet. Only ranges that no public or home network
 * uses: 100.64/10 (carriers' own) and 198.18/15 (benchmarks).
 */

/** Most clusters in one run, and most runs on one machine. */
export const maxClusters = 8
export const maxRuns = 8

/** The names and addresses of one cluster of a run. */
export interface ClusterAddresses {
  /** Range of pod IPs. */
  readonly podCidr: string
  /** Range of Service IPs. */
  readonly serviceCidr: string
  /** IP of the Service kube-dns. */
  readonly dnsIp: string
  /** The machine's end of the link to the node: API servers listen here. */
  readonly hostIp: string
  /** The node's end of that link, its InternalIP. */
  readonly nodeIp: string
  /** The node's address on the way between clusters. */
  readonly wanIp: string
  /** Range of load balancer addresses, reachable from every cluster. */
  readonly loadBalancerCidr: string
  /** Network namespace that is the node. */
  readonly nodeNamespace: string
  /** Network device on the machine, at most 15 characters. */
  readonly hostDevice: string
  /** IP of the n-th pod, from 0. */
  podIp(n: number): string
  /** The n-th load balancer address, from 0. */
  loadBalancerIp(n: number): string
  /** Network namespace of the n-th pod. */
  podNamespace(n: number): string
}

/** Most pods a cluster can have had before their addresses come round again. */
export const podAddresses = 30_000

/** Name of the network namespace between the clusters of a run; it is what claims the run's number. */
export function wanNamespace(run: number): string {
  return `smm-r${run}-wan`
}

/** Prefix of all network namespaces of a run. */
export function namespacePrefix(run: number): string {
  return `smm-r${run}-`
}

/** Names and addresses of cluster `cluster` in run `run`. */
export function clusterAddresses(run: number, cluster: number): ClusterAddresses {
  if (run < 0 || run >= maxRuns || cluster < 0 || cluster >= maxClusters)
    throw new RangeError(`no addresses for cluster ${cluster} of run ${run}`)
  const k = run * maxClusters + cluster
  const name = `smm-r${run}-c${cluster}`
  return {
    podCidr: `100.${64 + k}.0.0/17`,
    serviceCidr: `100.${64 + k}.128.0/17`,
    dnsIp: `100.${64 + k}.128.10`,
    hostIp: `198.18.${k}.1`,
    nodeIp: `198.18.${k}.2`,
    wanIp: `198.18.${maxRuns * maxClusters + run}.${cluster + 1}`,
    loadBalancerCidr: `198.19.${k}.0/24`,
    nodeNamespace: name,
    hostDevice: `smm-r${run}c${cluster}`,
    podIp: (n) => {
      const at = 10 + (n % podAddresses)
      return `100.${64 + k}.${at >> 8}.${at & 255}`
    },
    loadBalancerIp: (n) => {
      if (n > 250) throw new RangeError('a cluster has at most 250 load balancer addresses')
      return `198.19.${k}.${n + 1}`
    },
    podNamespace: (n) => `${name}-p${n}`,
  }
}
