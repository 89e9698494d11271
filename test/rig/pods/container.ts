/** One container of a pod over its restarts: starts it, probes it, keeps its state. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1LifecycleHandler,
  V1Pod,
} from '@kubernetes/client-node'
import { envForImage } from './deviations.ts'
import { ConfigMissing, containerEnv, type PodPlace, type Sources } from './env.ts'
import { imageKind, pullImage } from './images.ts'
import { probeOnce, startProbe, type ProbeTarget } from './probe.ts'
import { startProcess, type ContainerProcess, type Exit } from './process.ts'
import { sandboxCommand } from './sandbox.ts'

/** What a container is given by its pod. */
export interface ContainerHome {
  readonly pod: V1Pod
  readonly place: PodPlace
  readonly sources: Sources
  readonly networkNamespace: string
  readonly volumes: ReadonlyMap<string, string>
  readonly etc: string
  /** Folder of the pod's logs. */
  readonly logs: string
  /** Something in {@link PodContainer.status} changed. */
  readonly changed: () => void
}

/** When a container that ended is started again. */
export type Restart = 'Always' | 'OnFailure' | 'Never'

/** A container in the runner's hands. */
export interface PodContainer {
  readonly name: string
  status(): V1ContainerStatus
  /** Runs it, and again as `restart` says. Resolves with the last exit once it will not be restarted. */
  run(restart: Restart): Promise<Exit>
  /** Resolves once it counts as started: its startup probe and postStart hook are through. */
  readonly started: Promise<void>
  /** preStop, SIGTERM, and SIGKILL once `graceSeconds` have gone by. Resolves when it has ended. */
  stop(graceSeconds: number): Promise<void>
}

const firstBackoffMs = 10_000
const maxBackoffMs = 300_000

/** A container that is not started yet. */
export function podContainer(spec: V1Container, home: ContainerHome): PodContainer {
  let state: V1ContainerState = { waiting: { reason: 'PodInitializing' } }
  let lastState: V1ContainerState = {}
  let restartCount = 0
  let ready = false
  let isStarted = false
  let process: ContainerProcess | null = null
  let stopping = false
  const stopped = new AbortController()
  const { promise: started, resolve: nowStarted } = Promise.withResolvers<void>()
  const containerId = (): string => `rig://${home.pod.metadata?.uid}/${spec.name}/${restartCount}`

  const wait = (reason: string, message?: string): void => {
    state = { waiting: { reason, ...(message === undefined ? {} : { message }) } }
    home.changed()
  }
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopped.signal }).catch(() => {})
  const markStarted = (): void => {
    isStarted = true
    if (spec.readinessProbe === undefined) ready = true
    nowStarted()
    home.changed()
  }

  /** One life of the process, from a filled environment to its exit. */
  const live = async (): Promise<Exit> => {
    const image = await pullImage(spec.image ?? '')
    const env = {
      ...image.env,
      ...containerEnv(home.pod, spec, home.place, home.sources),
      ...envForImage(spec.image ?? ''),
    }
    env['HOSTNAME'] ??= home.pod.spec?.hostname ?? home.pod.metadata?.name ?? ''
    env['HOME'] ??= '/'
    const command = sandboxCommand({ ...home, container: spec, image, env })
    if (stopping) return { exitCode: 137, signal: null, finishedAt: new Date() }
    const running = startProcess(command, env, join(home.logs, `${spec.name}.log`))
    process = running
    state = { running: { startedAt: running.startedAt } }
    home.changed()
    const stopProbes = watchHealth(running)
    const exit = await running.exited
    stopProbes()
    process = null
    ready = false
    isStarted = false
    const { exitCode, finishedAt } = exit
    state = {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt: running.startedAt,
        finishedAt,
        containerID: containerId(),
        ...(exit.signal === null ? {} : { signal: exit.signal }),
      },
    }
    home.changed()
    return exit
  }

  /** Hook, startup probe, then readiness and liveness for one life. Gives what ends it all. */
  const watchHealth = (running: ContainerProcess): (() => void) => {
    const target: ProbeTarget = { podIp: home.place.podIp, container: spec, exec: running.exec }
    const stops: (() => void)[] = []
    let over = false
    const begin = (): void => {
      if (over) return
      markStarted()
      if (spec.readinessProbe !== undefined)
        stops.push(
          startProbe(spec.readinessProbe, target, ({ ok }) => {
            if (ready === ok) return
            ready = ok
            home.changed()
          }),
        )
      if (spec.livenessProbe !== undefined)
        stops.push(
          startProbe(spec.livenessProbe, target, ({ ok }) => {
            if (!ok) void kill(running)
          }),
        )
    }
    const kill = async (life: ContainerProcess): Promise<void> => {
      await life.signal('SIGTERM')
      await Promise.race([life.exited, sleep(graceOf(home.pod) * 1000, undefined, { ref: false })])
      await life.signal('SIGKILL')
    }
    void (async () => {
      const hook = spec.lifecycle?.postStart
      if (hook !== undefined && !(await runHook(hook, target))) return kill(running)
      const probe = spec.startupProbe
      if (probe === undefined) return begin()
      const stop = startProbe(probe, target, ({ ok }) => {
        stop()
        if (ok) begin()
        else void kill(running)
      })
      stops.push(stop)
    })()
    return () => {
      over = true
      for (const stop of stops) stop()
    }
  }

  const run = async (restart: Restart): Promise<Exit> => {
    let backoffMs = 0
    for (;;) {
      const kind = imageKind(spec.image ?? '')
      if (kind === 'elsewhere') {
        // Its image has no row: it is shown as kwok shows containers, running without a process.
        state = { running: { startedAt: new Date() } }
        ready = true
        markStarted()
        await new Promise<void>((resolve) => {
          if (stopped.signal.aborted) resolve()
          else stopped.signal.addEventListener('abort', () => resolve())
        })
        return { exitCode: 0, signal: null, finishedAt: new Date() }
      }
      let exit: Exit | null = null
      try {
        if (kind === 'no such tag') throw new ImageMissing(`${spec.image}: not found`)
        exit = await live()
      } catch (error) {
        const reason =
          error instanceof ConfigMissing
            ? 'CreateContainerConfigError'
            : error instanceof ImageMissing
              ? 'ErrImagePull'
              : 'RunContainerError'
        wait(reason, error instanceof Error ? error.message : String(error))
      }
      if (exit !== null) {
        const again = restart === 'Always' || (restart === 'OnFailure' && exit.exitCode !== 0)
        if (stopping || !again) return exit
        lastState = state
        // A container that ran for ten minutes is forgiven, as kubelets do.
        const ranMs = exit.finishedAt.getTime() - (state.terminated?.startedAt?.getTime() ?? 0)
        if (ranMs > 2 * maxBackoffMs) backoffMs = 0
        if (backoffMs > 0) wait('CrashLoopBackOff', `back-off ${backoffMs / 1000}s`)
        await pause(backoffMs)
        backoffMs = Math.min(maxBackoffMs, Math.max(firstBackoffMs, backoffMs * 2))
        restartCount++
      } else await pause(2000)
      if (stopping) return exit ?? { exitCode: 137, signal: null, finishedAt: new Date() }
    }
  }

  return {
    name: spec.name,
    started,
    run,
    status: () => ({
      name: spec.name,
      image: spec.image ?? '',
      imageID: spec.image ?? '',
      ready,
      started: isStarted,
      restartCount,
      state,
      lastState,
      ...(state.waiting === undefined ? { containerID: containerId() } : {}),
    }),
    stop: async (graceSeconds) => {
      stopping = true
      stopped.abort()
      const running = process
      if (running === null) return
      const deadline = sleep(graceSeconds * 1000, undefined, { ref: false })
      const hook = spec.lifecycle?.preStop
      const target = { podIp: home.place.podIp, container: spec, exec: running.exec }
      if (hook !== undefined) await Promise.race([runHook(hook, target), deadline, running.exited])
      await running.signal('SIGTERM')
      await Promise.race([running.exited, deadline])
      await running.signal('SIGKILL')
      await running.exited
    },
  }
}

class ImageMissing extends Error {}

/** Grace of a pod's containers in seconds. */
export function graceOf(pod: V1Pod): number {
  return pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30
}

async function runHook(hook: V1LifecycleHandler, target: ProbeTarget): Promise<boolean> {
  if (hook.sleep !== undefined) {
    await sleep(hook.sleep.seconds * 1000)
    return true
  }
  const { exec, httpGet, tcpSocket } = hook
  // A kubelet sets no limit of its own to hooks; the pod's grace ends them.
  const probe = { timeoutSeconds: 600, ...(exec && { exec }), ...(httpGet && { httpGet }) }
  return (await probeOnce({ ...probe, ...(tcpSocket && { tcpSocket }) }, target)) === null
}
