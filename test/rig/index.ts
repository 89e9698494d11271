/**
 * The rig, tier 1: a fleet of real Kubernetes control planes, each with a real
 * Prometheus behind its API server, on one machine and without root.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  clusterTools,
  startCluster,
  writeKubeconfig,
  type Cluster,
  type KubeClient,
  type Provider,
} from './cluster/index.ts'
import { fleetMembers, type FleetMember } from './fleet.ts'
import { meshDefinitions, standInMeshObjects } from './mesh-objects.ts'
import { takePorts, type PortBlock } from './net/ports.ts'
import { startSupervisor, type Running, type Supervisor } from './process/index.ts'
import {
  applyPrometheusObjects,
  prometheusEgress,
  startPrometheus,
  type RigPrometheus,
} from './prometheus.ts'
import { ensureTools } from './tools/index.ts'

/** What a rig is made of. */
export interface RigOptions {
  /** Clusters of the shared mesh (3 unless told). */
  readonly clusters?: number
  /** Two more clusters, each a mesh of its own that calls itself `Kubernetes`. */
  readonly separateMeshes?: boolean
  /** Round trip in front of every server, in milliseconds. */
  readonly rttMs?: number
  /** False leaves out Prometheus and its objects. */
  readonly prometheus?: boolean
  /** 5 unless told. */
  readonly scrapeIntervalSeconds?: number
  /** Folder for keys, data and logs, removed at the end; made in `rigBase()` unless given. */
  readonly dir?: string
  /** Called with one line of text per step, and when a process ends by itself. */
  readonly onProgress?: (line: string) => void
}

/** One cluster of a running rig. */
export interface RigCluster extends FleetMember {
  /** Its context in the rig's kubeconfig; the same as its name. */
  readonly contextName: string
  readonly provider: Provider
  /** As a user dials it, behind the round trip. */
  readonly apiServerUrl: string
  readonly adminKubeconfigPath: string
  /** Null in a rig without Prometheus. */
  readonly prometheus: RigPrometheus | null
  /** One request as an administrator, without the round trip. */
  readonly request: KubeClient['request']
  /** Server-side apply as an administrator, without the round trip. */
  readonly apply: KubeClient['apply']
  readonly stopApiServer: Cluster['stopApiServer']
  readonly startApiServer: Cluster['startApiServer']
  stopPrometheus(): Promise<void>
  startPrometheus(): Promise<void>
  /** What runs now. */
  processes(): readonly Running[]
}

/** A running fleet. */
export interface Rig {
  readonly dir: string
  /** Process that ends all others when this one ends, however that happens. */
  readonly supervisorPid: number
  /** One file with every cluster's context. */
  readonly kubeconfigPath: string
  readonly clusters: readonly RigCluster[]
  /** Ends every process and removes the folder. */
  readonly stop: () => Promise<void>
}

/** Folder under which rigs keep their folders: `SMM_RIG_DIR` or the system's temporary one. */
export function rigBase(): string {
  return process.env['SMM_RIG_DIR'] ?? tmpdir()
}

/** Starts a fleet, building what is missing. On failure nothing is left running. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { onProgress = () => {}, prometheus = true } = options
  const members = fleetMembers(options.clusters ?? 3, options.separateMeshes ?? false)
  const tools = await ensureTools(
    [...clusterTools, 'istio-files', ...(prometheus ? (['prometheus'] as const) : [])],
    { onProgress },
  )
  const dir = options.dir ?? makeFolder()
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  checkSocketPaths(dir, members)
  const supervisor = startSupervisor({ onUnexpectedExit: onProgress })
  supervisor.own(dir)
  const ports = await takePorts()
  const clusters: RigCluster[] = []
  const closers: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(closers.splice(0).map((close) => close()))
    await supervisor.close()
    await ports.release()
    // The supervisor did this, unless someone killed it.
    rmSync(dir, { recursive: true, force: true })
  }
  const context = { options, tools, dir, supervisor, ports, closers, onProgress }
  try {
    const started = await Promise.allSettled(
      members.map((member, index) => startMember(context, member, index + 1)),
    )
    for (const one of started) {
      if (one.status === 'rejected') throw one.reason
      clusters.push(one.value.cluster)
    }
    const kubeconfigPath = join(dir, 'kubeconfig')
    writeKubeconfig(
      kubeconfigPath,
      started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.kubeconfigEntry] : [])),
    )
    return { dir, supervisorPid: supervisor.pid, kubeconfigPath, clusters, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Context {
  readonly options: RigOptions
  readonly tools: Readonly<
    Record<(typeof clusterTools)[number] | 'istio-files' | 'prometheus', string>
  >
  readonly dir: string
  readonly supervisor: Supervisor
  readonly ports: PortBlock
  readonly closers: (() => Promise<void>)[]
  readonly onProgress: (line: string) => void
}

async function startMember(context: Context, member: FleetMember, index: number) {
  const { supervisor, ports, tools, closers, onProgress } = context
  const { rttMs = 0, scrapeIntervalSeconds = 5, prometheus: wanted = true } = context.options
  const { name, provider } = member
  const dir = join(context.dir, name)
  mkdirSync(dir, { mode: 0o700 })
  const started = performance.now()
  const prometheusPort = await ports.next()
  const [cluster, prometheus] = await settled(
    startCluster({
      name,
      index,
      dir,
      provider,
      supervisor,
      ports,
      tools,
      rttMs,
      egress: wanted ? (host, port) => egress(host, port) : () => Promise.resolve(null),
    }),
    wanted
      ? startPrometheus({
          name,
          dir: join(dir, 'prometheus'),
          supervisor,
          ports,
          program: tools.prometheus,
          scrapeIntervalSeconds,
          rttMs,
          port: prometheusPort,
        })
      : null,
  )
  const egress = prometheusEgress(() => cluster.client, prometheusPort)
  closers.push(() => cluster.close())
  if (prometheus !== null) closers.push(() => prometheus.close())
  await cluster.client.apply([
    ...meshDefinitions(tools['istio-files']),
    ...standInMeshObjects(member),
  ])
  if (prometheus !== null) await applyPrometheusObjects(cluster, tools['istio-files'])
  onProgress(`${name} is up (${provider}, ${((performance.now() - started) / 1000).toFixed(1)} s)`)
  const withPrometheus = (): RigPrometheus => {
    if (prometheus === null) throw new Error(`${name} was started without Prometheus`)
    return prometheus
  }
  const rigCluster: RigCluster = {
    ...member,
    contextName: name,
    apiServerUrl: cluster.apiServerUrl,
    adminKubeconfigPath: cluster.adminKubeconfigPath,
    prometheus,
    request: cluster.client.request,
    apply: cluster.client.apply,
    stopApiServer: cluster.stopApiServer,
    startApiServer: cluster.startApiServer,
    stopPrometheus: () => withPrometheus().stop(),
    startPrometheus: () => withPrometheus().start(),
    processes: () => [...cluster.processes(), ...(prometheus?.processes() ?? [])],
  }
  return { cluster: rigCluster, kubeconfigEntry: cluster.kubeconfigEntry }
}

/** Both results; a failure is thrown only when both have settled, so that nothing starts behind a stop. */
async function settled<A, B>(a: Promise<A>, b: Promise<B> | null): Promise<[A, B | null]> {
  await Promise.allSettled([a, b])
  return [await a, await b]
}

function makeFolder(): string {
  mkdirSync(rigBase(), { recursive: true })
  return mkdtempSync(join(rigBase(), 'smm-rig-'))
}

/** Systems cut the path of a Unix socket at about 100 bytes. */
function checkSocketPaths(dir: string, members: readonly FleetMember[]): void {
  for (const { name } of members)
    if (Buffer.byteLength(join(dir, name, 'egress.sock')) > 100)
      throw new Error(
        `the folder ${dir} is too deep for Unix sockets: set SMM_RIG_DIR to a shorter one`,
      )
}
