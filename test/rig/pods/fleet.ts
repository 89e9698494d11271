/** Clusters whose pods are processes: real control planes, nodes of network namespaces, DNS, load balancers. */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  clusterTools,
  startCluster,
  writeKubeconfig,
  type Cluster,
  type Manifest,
  type Provider,
} from '../cluster/index.ts'
import { takePorts, type PortBlock } from '../net/ports.ts'
import { startSupervisor, type Supervisor } from '../process/index.ts'
import { ensureTools } from '../tools/index.ts'
import type { ClusterAddresses } from './addresses.ts'
import { openApi, type Api } from './api.ts'
import { dnsManifests } from './dns.ts'
import { startLoadBalancerStandIn } from './load-balancer.ts'
import { claimRun, connectNodes, createNode, keeperProgram } from './network.ts'
import { startNode, type PodNode } from './node.ts'

/** A cluster to start. */
export interface PodClusterSpec {
  /** Its context's name. */
  readonly name: string
  /** Clusters of one network reach each other's pods; others only load balancers. */
  readonly network: string
  readonly provider: Provider
}

/** A running cluster of process pods. */
export interface PodCluster {
  readonly spec: PodClusterSpec
  readonly cluster: Cluster
  readonly api: Api
  readonly addresses: ClusterAddresses
  readonly node: PodNode
}

/** Running clusters. */
export interface PodFleet {
  /** Number of this run on this machine: its network namespaces are called `smm-rN-…`. */
  readonly run: number
  /** Process that ends all others when this one ends, however that happens. */
  readonly supervisorPid: number
  /** Folder with logs; gone after {@link PodFleet.stop}. */
  readonly dir: string
  readonly clusters: readonly PodCluster[]
  /** One kubeconfig with a context per cluster. */
  readonly kubeconfigPath: string
  /** Everything the rig noticed that a person may want to know. */
  readonly notes: readonly string[]
  stop(): Promise<void>
}

const programs = ['ip', 'iptables', 'bwrap', 'nsenter', 'setpriv', 'sysctl', 'unshare'] as const
const packages = 'iproute2 iptables bubblewrap util-linux procps'

/** Why process pods cannot run here, with what would help, or null when they can. */
export function whyNoPods(): string | null {
  if (process.platform !== 'linux') return 'process pods need Linux'
  if (process.getuid?.() !== 0) return 'process pods need root (run as root, or in a CI container)'
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const missing = programs.filter((name) => !folders.some((at) => executable(join(at, name))))
  if (missing.length > 0)
    return `process pods need ${missing.join(', ')}: apt-get install --yes ${packages}`
  try {
    execFileSync('unshare', ['--net', '--mount', 'true'], { stdio: 'ignore' })
    return null
  } catch {
    return 'process pods need CAP_SYS_ADMIN and CAP_NET_ADMIN (in a container: --privileged)'
  }
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How a fleet is started. */
export interface FleetOptions {
  /** Existing folder for it, which goes with it; one of its own unless told. */
  readonly dir?: string
  readonly onProgress?: (line: string) => void
}

/** Starts clusters of process pods. All of it ends with this process, whatever ends it. */
export async function startPodFleet(
  specs: readonly PodClusterSpec[],
  { dir: given, onProgress = () => {} }: FleetOptions = {},
): Promise<PodFleet> {
  const problem = whyNoPods()
  if (problem !== null) throw new Error(problem)
  const tools = await ensureTools([...clusterTools, 'kube-proxy', 'kubelet-server'], { onProgress })
  const notes: string[] = []
  const say = (line: string): void => {
    notes.push(`${new Date().toISOString()} ${line}`)
  }
  const dir = given ?? mkdtempSync(join(tmpdir(), 'smm-pods-'))
  const run = await claimRun()
  const keeper = startKeeper(run)
  const supervisor = startSupervisor()
  supervisor.own(dir)
  const ports = await takePorts()
  const clusters: PodCluster[] = []
  const end = async (): Promise<void> => {
    await Promise.all(clusters.map(({ node }) => node.stop()))
    await Promise.all(
      clusters.map(({ api, cluster }) => Promise.all([api.close(), cluster.close()])),
    )
    await supervisor.close()
    await keeper.end()
    await ports.release()
    // The supervisor did this, unless someone killed it.
    rmSync(dir, { recursive: true, force: true })
  }
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => (ending ??= end())
  try {
    const addresses: ClusterAddresses[] = []
    for (const index of specs.keys()) addresses.push(await createNode(run, index))
    for (const [a, one] of specs.entries())
      for (const [b, other] of specs.entries()) {
        const [from, to] = [addresses[a], addresses[b]]
        if (a < b && from !== undefined && to !== undefined)
          await connectNodes(from, to, one.network === other.network)
      }
    const started = specs.map((spec, index) => {
      const at = addresses[index]
      if (at === undefined) throw new Error('every cluster has addresses')
      return startPodCluster({ spec, index, at, dir, supervisor, ports, tools, say })
    })
    for (const one of await Promise.allSettled(started)) {
      if (one.status === 'rejected') throw one.reason
      clusters.push(one.value)
    }
    const kubeconfigPath = join(dir, 'kubeconfig')
    writeKubeconfig(
      kubeconfigPath,
      clusters.map(({ cluster }) => cluster.kubeconfigEntry),
    )
    return { run, supervisorPid: supervisor.pid, dir, clusters, kubeconfigPath, notes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface StartOptions {
  readonly spec: PodClusterSpec
  readonly index: number
  readonly at: ClusterAddresses
  readonly dir: string
  readonly supervisor: Supervisor
  readonly ports: PortBlock
  readonly tools: Parameters<typeof startCluster>[0]['tools'] &
    Parameters<typeof startNode>[0]['tools']
  readonly say: (line: string) => void
}

async function startPodCluster(options: StartOptions): Promise<PodCluster> {
  const { spec, index, at, supervisor, ports, tools } = options
  const dir = join(options.dir, spec.name)
  mkdirSync(dir)
  const say = (line: string): void => options.say(`${spec.name}: ${line}`)
  const cluster = await startCluster({
    name: spec.name,
    index: index + 1,
    dir,
    provider: spec.provider,
    supervisor,
    ports,
    tools,
    bindAddress: at.hostIp,
    advertiseAddress: at.hostIp,
    serviceCidr: at.serviceCidr,
  })
  const api = openApi({
    url: cluster.directUrl,
    caPem: cluster.authority.certificate,
    token: cluster.adminToken,
  })
  await keepForKwok(api)
  const node = await startNode({
    cluster: spec.name,
    name: `${spec.name}-pods-1`,
    api,
    addresses: at,
    supervisor,
    dir,
    kubeconfigPath: cluster.adminKubeconfigPath,
    labels: {},
    tools,
    say,
  })
  startLoadBalancerStandIn(api, at, say)
  await cluster.client.apply(dnsManifests(at.dnsIp))
  return { spec, cluster, api, addresses: at, node }
}

/** kwok's nodes take only pods that ask for them, by the taint kwok's own examples use. */
async function keepForKwok(api: Api): Promise<void> {
  const { items } = await api.get<{ items: Manifest[] }>('/api/v1/nodes')
  const taints = [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }]
  for (const { metadata } of items)
    await api.patch(`/api/v1/nodes/${metadata.name}`, { spec: { taints } }, 'merge-patch')
}

/** A process of its own that cleans up after the run; it lives in its own session. */
function startKeeper(run: number): { end(): Promise<void> } {
  const child: ChildProcess = fork(join(import.meta.dirname, keeperProgram), [String(run)], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return {
    end: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
