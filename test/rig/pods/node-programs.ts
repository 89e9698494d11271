/** What runs in a node's own namespace: kube-proxy, and the part of a kubelet that API servers call. */
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Supervisor } from '../process/index.ts'
import type { ClusterAddresses } from './addresses.ts'
import type { Api } from './api.ts'

/** Port the kubelet's server listens on. */
export const kubeletPort = 10250

/** What a node is started with. */
export interface NodeOptions {
  /** Name of the cluster. */
  readonly cluster: string
  readonly name: string
  readonly api: Api
  readonly addresses: ClusterAddresses
  readonly supervisor: Supervisor
  /** Existing folder for logs and volumes. */
  readonly dir: string
  /** Kubeconfig of an administrator, for kube-proxy. */
  readonly kubeconfigPath: string
  readonly labels: Readonly<Record<string, string>>
  readonly tools: Readonly<Record<'kube-proxy' | 'kubelet-server', string>>
  readonly say: (line: string) => void
}

/** Starts the real kube-proxy, in iptables mode. */
export async function startKubeProxy({
  supervisor,
  tools,
  addresses,
  dir,
  name,
  kubeconfigPath,
}: NodeOptions): Promise<void> {
  const health = `${addresses.nodeIp}:10256`
  await supervisor.start({
    name: `kube-proxy of ${name}`,
    command: 'nsenter',
    args: [
      `--net=/run/netns/${addresses.nodeNamespace}`,
      tools['kube-proxy'],
      `--kubeconfig=${kubeconfigPath}`,
      `--hostname-override=${name}`,
      '--proxy-mode=iptables',
      `--cluster-cidr=${addresses.podCidr}`,
      `--bind-address=${addresses.nodeIp}`,
      `--healthz-bind-address=${health}`,
      `--metrics-bind-address=${addresses.nodeIp}:10249`,
      '--iptables-min-sync-period=100ms',
      // Limits of connection tracking are the machine's, not the rig's, to set.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0',
      '--conntrack-tcp-timeout-close-wait=0',
      '--conntrack-udp-timeout=0',
      '--conntrack-udp-timeout-stream=0',
    ],
    cwd: dir,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    logFile: join(dir, 'logs', 'kube-proxy.log'),
    healthy: async () => (await fetch(`http://${health}/healthz`)).ok,
  })
}

/** Starts the stand-in for a kubelet's server of logs and port-forward. */
export async function startKubeletServer(
  { supervisor, tools, addresses, dir, name }: NodeOptions,
  logs: string,
): Promise<void> {
  await supervisor.start({
    name: `kubelet-server of ${name}`,
    command: 'nsenter',
    args: [
      `--net=/run/netns/${addresses.nodeNamespace}`,
      tools['kubelet-server'],
      `--listen=${addresses.nodeIp}:${kubeletPort}`,
      `--from=${addresses.hostIp}`,
      `--root=${logs}`,
    ],
    cwd: dir,
    logFile: join(dir, 'logs', 'kubelet-server.log'),
    healthy: () => listens(addresses.nodeIp, kubeletPort),
  })
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
