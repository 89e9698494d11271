/** What a pod is given before its containers start: files of /etc, tokens, a name for readers of its logs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod, V1ServiceAccountTokenProjection } from '@kubernetes/client-node'
import type { PodIdentity } from '../istio-metrics/record.ts'
import type { Api } from './api.ts'
import { machineResolvConf } from './network.ts'

/** Who a pod is, for whoever reads its logs; the workload is what Istio takes it to be. */
export function identityOf(pod: V1Pod, cluster: string, ip: string): PodIdentity {
  const { namespace = '', name = '', labels = {}, ownerReferences = [] } = pod.metadata ?? {}
  const owner = ownerReferences.find(({ controller }) => controller === true)
  const hash = labels['pod-template-hash']
  const workload =
    owner?.kind === 'ReplicaSet' && hash !== undefined
      ? owner.name.replace(new RegExp(`-${hash}$`), '')
      : (owner?.name ?? name)
  return { cluster, namespace, name, ip, workload, labels }
}

/** Tokens of a pod's service account by audience, asked for anew after 80 % of their life. */
export function tokenKeeper(
  api: Api,
  pod: V1Pod,
): (projection: V1ServiceAccountTokenProjection) => Promise<string> {
  const { name, namespace, uid } = pod.metadata ?? {}
  const account = pod.spec?.serviceAccountName ?? 'default'
  const kept = new Map<string, { token: string; renewAt: number }>()
  return async ({ audience, expirationSeconds = 3600 }) => {
    const key = audience ?? ''
    const before = kept.get(key)
    if (before !== undefined && Date.now() < before.renewAt) return before.token
    const { status } = await api.create<{
      status: { token: string; expirationTimestamp: string }
    }>(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === undefined ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    })
    const lifeMs = Date.parse(status.expirationTimestamp) - Date.now()
    kept.set(key, { token: status.token, renewAt: Date.now() + 0.8 * lifeMs })
    return status.token
  }
}

/** Writes the files a container runtime puts into every container's /etc. */
export function writeEtc(folder: string, pod: V1Pod, podIp: string, dnsIp: string): void {
  const { name = '', namespace = '' } = pod.metadata ?? {}
  const hostname = pod.spec?.hostname ?? name
  const search = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local']
  const clusterDns = `search ${search.join(' ')}\nnameserver ${dnsIp}\noptions ndots:5\n`
  const files: Readonly<Record<string, string>> = {
    'resolv.conf': pod.spec?.dnsPolicy === 'Default' ? machineResolvConf() : clusterDns,
    hosts: `127.0.0.1 localhost\n::1 localhost ip6-localhost\n${podIp} ${hostname}\n`,
    hostname: `${hostname}\n`,
    passwd: 'root:x:0:0:root:/root:/bin/sh\nistio-proxy:x:1337:1337::/home:/bin/sh\n',
    group: 'root:x:0:\nistio-proxy:x:1337:\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  }
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
}
