/**
 * A node of process pods: its Node object and lease, kube-proxy and the
 * kubelet's server in its network namespace, and a runner for every pod that
 * the scheduler binds to it.
 */
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1ConfigMap, V1Pod, V1Secret } from '@kubernetes/client-node'
import type { Supervisor } from '../process/index.ts'
import { podAddresses, type ClusterAddresses } from './addresses.ts'
import { ApiError, type Api } from './api.ts'
import { applyDeviations } from './deviations.ts'
import type { Sources } from './env.ts'
import { imageKind, parseImage } from './images.ts'
import { startPod, type PodHost, type RunningPod } from './pod.ts'

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

/** A running node. */
export interface PodNode {
  readonly name: string
  /** Folder with the logs of its pods, `NAMESPACE/POD/CONTAINER.log`. */
  readonly logs: string
  /** Ends all its pods without telling the API server. */
  stop(): Promise<void>
}

const kubeletPort = 10250
// More than the machine has, so that requests meant for real nodes find room.
const capacity = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '1Ti' } as const

/** Starts a node; resolves when the API server has it Ready. */
export async function startNode(options: NodeOptions): Promise<PodNode> {
  const { api, addresses, name, dir, say } = options
  const logs = join(dir, 'pod-logs')
  const volumes = join(dir, 'pod-data')
  for (const folder of [logs, volumes]) mkdirSync(folder, { recursive: true })
  await register(options)
  await Promise.all([startKubeProxy(options), startKubeletServer(options, logs)])
  const lease = await keepLease(api, name)

  const pods = new Map<string, RunningPod>()
  const refreshAll = debounce(() => {
    for (const pod of pods.values()) pod.refresh()
  })
  const handlers = { changed: refreshAll, deleted: refreshAll }
  const configMaps = api.watch<V1ConfigMap>('/api/v1/configmaps', handlers)
  const secrets = api.watch<V1Secret>('/api/v1/secrets', handlers)
  await Promise.all([configMaps.synced, secrets.synced])
  // Tokens are asked for anew when they are due; refreshing looks at each once a minute, as kubelets do.
  const refreshing = setInterval(refreshAll, 60_000)

  const sources = (namespace: string): Sources => ({
    configMap: (name) => {
      const found = configMaps.objects.get(`${namespace}/${name}`)
      return found === undefined
        ? null
        : { ...bytes(found.data, 'utf8'), ...bytes(found.binaryData) }
    },
    secret: (name) => {
      const found = secrets.objects.get(`${namespace}/${name}`)
      return found === undefined ? null : bytes(found.data)
    },
  })
  let number = -1
  const host: PodHost = {
    cluster: options.cluster,
    api,
    addresses,
    nodeName: name,
    apiService: { ip: addresses.serviceCidr.replace(/\.\d+\/\d+$/, '.1'), port: 443 },
    // Programs size themselves by this: they are told what the machine has.
    allocatable: { ...capacity, cpu: String(availableParallelism()) },
    sources,
    folder: volumes,
    logs,
    nextNumber: () => (number = (number + 1) % podAddresses),
    say,
  }

  /** istiod may start before its CRDs are served. */
  const deviate = async (namespace: string, wanted: () => boolean): Promise<void> => {
    while (wanted())
      try {
        if (await applyDeviations(api, namespace)) return
        await sleep(200)
      } catch (error) {
        say(`the rig's own objects for Istio: ${String(error)}`)
        await sleep(2000)
      }
  }

  const watched = api.watch<V1Pod>(`/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`, {
    changed: (pod) => {
      const uid = pod.metadata?.uid ?? ''
      const running = pods.get(uid)
      if (running !== undefined) return running.update(pod)
      if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return
      pods.set(uid, startPod(pod, host))
      if (pod.spec?.containers.some(({ image = '' }) => runsPilot(image)))
        void deviate(pod.metadata?.namespace ?? '', () => pods.has(uid))
    },
    deleted: (pod) => {
      const uid = pod.metadata?.uid ?? ''
      void pods
        .get(uid)
        ?.end(0)
        .then(() => pods.delete(uid))
    },
  })
  await watched.synced

  return {
    name,
    logs,
    stop: async () => {
      for (const watch of [watched, configMaps, secrets]) watch.stop()
      clearInterval(refreshing)
      clearInterval(lease)
      await Promise.all([...pods.values()].map((pod) => pod.end(1)))
    },
  }
}

function bytes(
  data: Readonly<Record<string, string>> | undefined,
  encoding: 'base64' | 'utf8' = 'base64',
): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]),
  )
}

function runsPilot(image: string): boolean {
  return parseImage(image).name === 'pilot' && imageKind(image) === 'here'
}

function debounce(act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      act()
    }, 200).unref()
  }
}

async function register({ api, name, labels, addresses }: NodeOptions): Promise<void> {
  const now = new Date()
  await api.create('/api/v1/nodes', {
    metadata: {
      name,
      labels: {
        ...labels,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
      },
    },
    spec: { podCIDR: addresses.podCidr, podCIDRs: [addresses.podCidr] },
    status: {
      addresses: [
        { type: 'InternalIP', address: addresses.nodeIp },
        { type: 'Hostname', address: name },
      ],
      capacity: { ...capacity, pods: '1000' },
      allocatable: { ...capacity, pods: '1000' },
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'the rig runs pods as processes',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '',
        osImage: 'rig',
        containerRuntimeVersion: 'rig://1',
        kubeletVersion: 'v1.37.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  })
}

/** Holds the node's lease, which is its heartbeat. */
async function keepLease(api: Api, name: string): Promise<NodeJS.Timeout> {
  const base = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
  const renew = async (): Promise<void> => {
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: 40,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec }
    await api.apply(`${base}/${name}`, lease)
  }
  for (let attempt = 0; ; attempt++)
    try {
      await renew()
      break
    } catch (error) {
      // The namespace is made by a controller that may only just be starting.
      if (!(error instanceof ApiError) || error.status !== 404 || attempt > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  return setInterval(() => void renew().catch(() => {}), 10_000)
}

async function startKubeProxy({
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

async function startKubeletServer(
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
