/**
 * A node of process pods: its Node object and lease, kube-proxy and the
 * kubelet's server in its network namespace, and a runner for every pod that
 * the scheduler binds to it.
 */
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1ConfigMap, V1Pod, V1Secret } from '@kubernetes/client-node'
import { podAddresses } from './addresses.ts'
import { ApiError, type Api } from './api.ts'
import { applyDeviations } from './deviations.ts'
import type { Sources } from './env.ts'
import { imageKind, parseImage } from './images.ts'
import {
  kubeletPort,
  startKubeletServer,
  startKubeProxy,
  type NodeOptions,
} from './node-programs.ts'
import { startPod, type PodHost, type RunningPod } from './pod.ts'

/** A running node. */
export interface PodNode {
  readonly name: string
  /** Folder with the logs of its pods, `NAMESPACE/POD/CONTAINER.log`. */
  readonly logs: string
  /** Ends all its pods without telling the API server. */
  stop(): Promise<void>
}

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
