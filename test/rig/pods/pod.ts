/** One pod from being bound to its node until nothing of it is left. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Container, V1Pod, V1PodCondition, V1PodStatus } from '@kubernetes/client-node'
import { ApiError, type Api } from './api.ts'
import type { ClusterAddresses } from './addresses.ts'
import { graceOf, podContainer, type ContainerHome, type PodContainer } from './container.ts'
import type { PodPlace, Sources } from './env.ts'
import { createPodNetwork, removeNamespace } from './network.ts'
import { identityOf, tokenKeeper, writeEtc } from './pod-setup.ts'
import type { Exit } from './process.ts'
import { fillVolumes, type VolumeContext } from './volumes.ts'

/** What a pod needs of its node. */
export interface PodHost {
  /** Name of the cluster. */
  readonly cluster: string
  readonly api: Api
  readonly addresses: ClusterAddresses
  readonly nodeName: string
  readonly apiService: PodPlace['apiService']
  readonly allocatable: PodPlace['allocatable']
  /** ConfigMaps and Secrets of a namespace. */
  readonly sources: (namespace: string) => Sources
  /** Folder for all pods' volumes. */
  readonly folder: string
  /** Folder the kubelet server reads: one folder per namespace and pod. */
  readonly logs: string
  /** A number no other living pod of this node has. */
  readonly nextNumber: () => number
  /** Tells what only a person needs to know. */
  readonly say: (line: string) => void
}

/** A pod that runs here. */
export interface RunningPod {
  readonly uid: string
  /** The object as the API server has it changed. */
  update(pod: V1Pod): void
  /** A ConfigMap or Secret it may use changed. */
  refresh(): void
  /** Ends it, with grace; resolves when nothing of it is left on this machine. */
  end(graceSeconds: number): Promise<void>
}

/** Starts a pod that was bound to this node. */
export function startPod(initial: V1Pod, host: PodHost): RunningPod {
  let pod = initial
  const { name = '', namespace = '', uid = '' } = initial.metadata ?? {}
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  const number = host.nextNumber()
  const hostNetwork = initial.spec?.hostNetwork === true
  const podIp = hostNetwork ? host.addresses.nodeIp : host.addresses.podIp(number)
  const netns = hostNetwork ? host.addresses.nodeNamespace : host.addresses.podNamespace(number)
  const place: PodPlace = {
    podIp,
    hostIp: host.addresses.nodeIp,
    nodeName: host.nodeName,
    apiService: host.apiService,
    allocatable: host.allocatable,
  }
  const folder = join(host.folder, uid)
  const logs = join(host.logs, namespace, name)
  const sources = host.sources(namespace)
  const startTime = new Date()
  const stop = new AbortController()
  const tokens = tokenKeeper(host.api, pod)
  const volumeContext = (): VolumeContext => ({ pod, place, sources, token: tokens })
  const inits = new Map<string, PodContainer>()
  const mains = new Map<string, PodContainer>()
  let networkReady = false
  let initialized = false
  let phase = 'Pending'
  let ending: Promise<void> | null = null

  // Status is written after things calm down, one write at a time, the last state only.
  let dirty = false
  let writing = false
  let written = ''
  const changed = (): void => {
    dirty = true
    if (!writing) void write()
  }
  const write = async (): Promise<void> => {
    writing = true
    while (dirty) {
      await sleep(20)
      dirty = false
      const status = podStatus()
      const text = JSON.stringify(status)
      if (text === written) continue
      try {
        await host.api.patch(`${path}/status`, { metadata: { uid }, status })
        written = text
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) break
        host.say(`status of ${namespace}/${name}: ${String(error)}`)
        await sleep(500)
        dirty = !stop.signal.aborted
      }
    }
    writing = false
  }

  const podStatus = (): V1PodStatus => {
    const statuses = (containers: Map<string, PodContainer>, specs: readonly V1Container[]) =>
      specs.map(
        (spec) =>
          containers.get(spec.name)?.status() ?? {
            name: spec.name,
            image: spec.image ?? '',
            imageID: '',
            ready: false,
            started: false,
            restartCount: 0,
            state: { waiting: { reason: networkReady ? 'PodInitializing' : 'ContainerCreating' } },
          },
      )
    const initStatuses = statuses(inits, pod.spec?.initContainers ?? []).map((status) => {
      status.ready ||= status.state?.terminated?.exitCode === 0
      return status
    })
    const mainStatuses = statuses(mains, pod.spec?.containers ?? [])
    const sidecars = new Set((pod.spec?.initContainers ?? []).filter(isSidecar).map((c) => c.name))
    const notReady = [...initStatuses.filter(({ name }) => sidecars.has(name)), ...mainStatuses]
      .filter(({ ready }) => !ready)
      .map(({ name }) => name)
    const allReady = notReady.length === 0 && phase === 'Running'
    const unready = {
      reason: phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady',
      message: `containers with unready status: [${notReady.join(' ')}]`,
    }
    return {
      phase,
      startTime,
      hostIP: host.addresses.nodeIp,
      hostIPs: [{ ip: host.addresses.nodeIp }],
      ...(networkReady ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
      conditions: [
        condition('PodReadyToStartContainers', networkReady),
        condition('Initialized', initialized),
        condition('ContainersReady', allReady, unready),
        condition('Ready', allReady, unready),
      ],
      ...(initStatuses.length > 0 ? { initContainerStatuses: initStatuses } : {}),
      containerStatuses: mainStatuses,
    }
  }

  const since = new Map<string, { ok: boolean; at: Date }>()
  const condition = (
    type: string,
    ok: boolean,
    whyNot?: { readonly reason: string; readonly message: string },
  ): V1PodCondition => {
    const before = since.get(type)
    const at = before?.ok === ok ? before.at : new Date()
    since.set(type, { ok, at })
    return {
      type,
      status: ok ? 'True' : 'False',
      lastTransitionTime: at,
      ...(ok || whyNot === undefined ? { reason: '', message: '' } : whyNot),
    }
  }

  /** Volumes are there once everything they name is; until then the pod waits, as in a cluster. */
  const volumesWhenThere = async (): Promise<ReadonlyMap<string, string> | null> => {
    for (let delayMs = 100, said = ''; !stop.signal.aborted; delayMs = Math.min(2000, delayMs * 2))
      try {
        return await fillVolumes(join(folder, 'volumes'), volumeContext())
      } catch (error) {
        if (String(error) !== said) host.say(`${namespace}/${name} waits: ${String(error)}`)
        said = String(error)
        await pause(delayMs)
      }
    return null
  }
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stop.signal }).catch(() => {})

  /** Sidecars end after the containers they serve, the last one first. */
  const stopSidecars = async (graceSeconds: number): Promise<void> => {
    for (const container of [...inits.values()].reverse()) await container.stop(graceSeconds)
  }

  const lifetime = (async () => {
    mkdirSync(logs, { recursive: true })
    if (!hostNetwork) await createPodNetwork(host.addresses, number)
    writeFileSync(join(logs, 'netns'), netns)
    writeFileSync(join(logs, 'pod.json'), JSON.stringify(identityOf(pod, host.cluster, podIp)))
    networkReady = true
    changed()
    const etc = join(folder, 'etc')
    writeEtc(etc, pod, podIp, host.addresses.dnsIp)
    const volumes = await volumesWhenThere()
    if (volumes === null) return
    const home: ContainerHome = {
      pod,
      place,
      sources,
      networkNamespace: netns,
      volumes,
      etc,
      logs,
      changed,
    }
    const policy = pod.spec?.restartPolicy
    const restart = policy === 'Never' || policy === 'OnFailure' ? policy : 'Always'
    for (const spec of pod.spec?.initContainers ?? []) {
      if (stop.signal.aborted) return
      const container = podContainer(spec, home)
      inits.set(spec.name, container)
      if (isSidecar(spec)) {
        void container.run('Always')
        await Promise.race([container.started, aborted(stop.signal)])
      } else {
        const exit = await container.run(restart === 'Never' ? 'Never' : 'OnFailure')
        if (exit.exitCode !== 0) {
          if (!stop.signal.aborted) phase = 'Failed'
          return changed()
        }
      }
    }
    if (stop.signal.aborted) return
    initialized = true
    phase = 'Running'
    const ends: Promise<Exit>[] = []
    for (const spec of pod.spec?.containers ?? []) {
      if (stop.signal.aborted) break
      const container = podContainer(spec, home)
      mains.set(spec.name, container)
      ends.push(container.run(restart))
      // A postStart hook holds back the containers that follow: Istio's holdApplicationUntilProxyStarts.
      if (spec.lifecycle?.postStart !== undefined)
        await Promise.race([container.started, ends.at(-1), aborted(stop.signal)])
    }
    const exits = await Promise.all(ends)
    if (stop.signal.aborted) return
    await stopSidecars(graceOf(pod))
    phase = exits.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed'
    changed()
  })().catch((error: unknown) => {
    host.say(`${namespace}/${name}: ${error instanceof Error ? error.stack : String(error)}`)
  })

  const end = (graceSeconds: number): Promise<void> =>
    (ending ??= (async () => {
      stop.abort()
      await Promise.all([...mains.values()].map((container) => container.stop(graceSeconds)))
      await stopSidecars(Math.min(graceSeconds, 5))
      await lifetime
      if (!hostNetwork) await removeNamespace(netns)
      rmSync(folder, { recursive: true, force: true })
      rmSync(logs, { recursive: true, force: true })
    })())

  const deleted = async (): Promise<void> => {
    await end(graceOf(pod))
    try {
      await host.api.remove(path, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  }
  let deleting = false
  const update = (next: V1Pod): void => {
    pod = next
    if (next.metadata?.deletionTimestamp === undefined || deleting) return
    deleting = true
    void deleted()
  }
  update(initial)

  return {
    uid,
    update,
    end,
    refresh: () => {
      if (!initialized || stop.signal.aborted) return
      void fillVolumes(join(folder, 'volumes'), volumeContext()).catch(() => {
        // Something was deleted: a running pod keeps what it has.
      })
    },
  }
}

function isSidecar(container: V1Container): boolean {
  return container.restartPolicy === 'Always'
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
