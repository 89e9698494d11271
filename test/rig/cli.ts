/** `npm run rig -- …`: a fleet of real control planes on this machine. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { askControl, serveControl } from './control.ts'
import { rigBase, startRig, type Rig, type RigCluster } from './index.ts'
import { details, parseFault, type Detail, type Fault } from './model/index.ts'
import { soak } from './soak.ts'
import { ensureTools, toolNames } from './tools/index.ts'
import { meshTools, startMesh } from './pods/index.ts'
import { playTraffic, type Traffic } from './traffic.ts'

interface UpOptions {
  readonly pods: boolean
  readonly clusters: number
  readonly separateMeshes: boolean
  readonly rtt: number
  readonly demo: boolean
  readonly workloads?: number
  readonly edgesPerWorkload: number
  readonly seed: number
  readonly fault: readonly Fault[]
  readonly detail?: Detail
  readonly scrapeInterval?: number
  readonly detach: boolean
}

/** What of a rig its control socket tells, whatever its pods are. */
interface Shown extends Pick<Rig, 'supervisorPid' | 'kubeconfigPath' | 'stop'> {
  readonly clusters: readonly Pick<
    RigCluster,
    'name' | 'provider' | 'network' | 'mesh' | 'apiServerUrl' | 'prometheus' | 'processes'
  >[]
}

interface Status {
  readonly ready: boolean
  readonly pid: number
  readonly supervisorPid: number | null
  readonly dir: string
  readonly kubeconfigPath: string | null
  readonly clusters: readonly {
    readonly name: string
    readonly provider: string
    readonly network: string
    readonly mesh: string
    readonly apiServerUrl: string
    readonly prometheusUrl: string | null
    readonly processes: readonly { readonly name: string; readonly pid: number }[]
  }[]
}

const say = (line: string): void => console.error(line)

// One rig per checkout: a second checkout has its own folder, ports and processes.
const checkout = createHash('sha256')
  .update(import.meta.dirname)
  .digest('hex')
  .slice(0, 8)
const dir = join(rigBase(), `smm-rig-${checkout}`)
const controlPath = join(dir, 'control.sock')
const logPath = `${dir}.log`

const program = new Command('rig').description('Real control planes for tests, on this machine.')

program
  .command('build')
  .description('build or fetch the programs of tier 1, or those named')
  .addArgument(new Argument('[tool...]', 'names').choices(toolNames))
  .option('--mesh', 'also what process pods run', false)
  .action(async (names: string[], { mesh }: { mesh: boolean }) => {
    const wanted = toolNames.filter((name) =>
      names.length > 0 ? names.includes(name) : mesh || !meshTools.has(name),
    )
    const paths = await ensureTools(wanted, { onProgress: say })
    for (const [name, path] of Object.entries(paths)) console.log(`${name}\t${path}`)
  })

program
  .command('up')
  .description('start the fleet and its demo traffic; Ctrl-C (or `down`) ends it')
  .option('--clusters <n>', 'clusters of the shared mesh', wholeNumber, 3)
  .option('--separate-meshes', 'two more clusters that both call themselves Kubernetes', false)
  .option('--rtt <duration>', 'round trip in front of every server, such as 20ms', milliseconds, 0)
  .option('--pods', 'instead: one mesh on process pods, with real istiod and Envoy (root)', false)
  .option('--no-demo', 'bare clusters: no workloads, no traffic')
  .option('--workloads <n>', 'a seeded fleet of this size instead of the demo', wholeNumber)
  .option('--edges-per-workload <n>', 'calls of each calling workload', wholeNumber, 4)
  .option('--seed <n>', 'seed of all chance', wholeNumber, 1)
  .option('--fault <kind:namespace/workload>', 'plant a fault (repeatable)', addFault, [])
  .addOption(new Option('--detail <detail>', 'series').choices([...details]))
  .option('--scrape-interval <seconds>', 'of every Prometheus (5, large fleets 15)', wholeNumber)
  .option('--detach', 'return once the fleet is up', false)
  .action((options: UpOptions) => (options.detach ? detach() : up(options)))

program
  .command('down')
  .description('end the fleet of this checkout')
  .action(async () => {
    const answer = await askControl(controlPath, 'down')
    rmSync(logPath, { force: true })
    say(answer === null ? 'no rig is up' : 'the rig is down')
  })

program
  .command('status')
  .description('clusters, addresses and processes of the fleet of this checkout')
  .option('-o, --output <format>', 'table or json', 'table')
  .action(async (options: { output: string }) => {
    const status = (await askControl(controlPath, 'status')) as Status | null
    if (options.output === 'json') console.log(JSON.stringify(status))
    else if (status === null) console.log('no rig is up')
    else printStatus(status)
    if (status === null) process.exitCode = 1
  })

program
  .command('soak')
  .description('start and stop a fleet many times and fail when anything is left')
  .argument('[times]', 'rounds', wholeNumber, 10)
  .option('--clusters <n>', 'clusters', wholeNumber, 3)
  .action((times: number, options: { clusters: number }) =>
    soak(times, { clusters: options.clusters }, say),
  )

async function up(options: UpOptions): Promise<void> {
  if ((await askControl(controlPath, 'status')) !== null)
    throw new Error('a rig is up already: `npm run rig -- status` shows it, `down` ends it')
  // What a machine that lost power left.
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const began = performance.now()
  let rig: Shown | undefined
  let traffic: Traffic | undefined
  let ready = false
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await traffic?.close()
      await rig?.stop()
    })())
  const closeControl = await serveControl(controlPath, async (request) => {
    if (request === 'status') return statusOf(rig, ready)
    if (rig === undefined) setImmediate(() => process.exit(1))
    else {
      await stop()
      setImmediate(() => process.exit(0))
    }
    return { down: true }
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // Before the rig is whole, the closing channel to the supervisor ends what there is.
      if (rig === undefined) process.exit(130)
      void stop().finally(() => process.exit(130))
    })
  try {
    if (options.pods) rig = await upPods()
    else {
      const fleet = await startRig({
        dir,
        clusters: options.clusters,
        separateMeshes: options.separateMeshes,
        rttMs: options.rtt,
        scrapeIntervalSeconds: options.scrapeInterval ?? scrapeIntervalFor(options.workloads),
        onProgress: say,
      })
      rig = fleet
      if (options.demo) {
        traffic = await playTraffic(fleet, {
          ...(options.workloads === undefined ? {} : { workloads: options.workloads }),
          edgesPerWorkload: options.edgesPerWorkload,
          seed: options.seed,
          faults: options.fault,
          ...(options.detail === undefined ? {} : { detail: options.detail }),
        })
        for (const { topology } of traffic.models)
          say(
            `traffic among ${topology.workloads.length} workloads of ${topology.clusters.map(({ name }) => name).join(', ')}`,
          )
      }
    }
    say(`up in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    console.log(`kubeconfig: ${rig.kubeconfigPath}`)
    console.log(`try: ./smm --kubeconfig ${rig.kubeconfigPath} fleet`)
    ready = true
  } catch (error) {
    await stop()
    await closeControl()
    throw error
  }
}

/** Two clusters whose pods are processes: real istiod, Envoy, Prometheus and a calling demo. */
async function upPods(): Promise<Shown> {
  const { fleet, meshId } = await startMesh({ dir, onProgress: say })
  return {
    ...fleet,
    clusters: fleet.clusters.map(({ spec, cluster }) => ({
      name: spec.name,
      provider: spec.provider,
      network: spec.network,
      mesh: meshId,
      apiServerUrl: cluster.apiServerUrl,
      // Its Prometheus is a pod.
      prometheus: null,
      processes: cluster.processes,
    })),
  }
}

/** Starts `up` as a process of its own and follows it until it is ready. */
async function detach(): Promise<void> {
  if ((await askControl(controlPath, 'status')) !== null)
    throw new Error('a rig is up already: `npm run rig -- status` shows it, `down` ends it')
  mkdirSync(rigBase(), { recursive: true })
  rmSync(logPath, { force: true })
  const log = openSync(logPath, 'a', 0o600)
  const args = process.argv.slice(2).filter((arg) => arg !== '--detach')
  const child = spawn(process.execPath, [import.meta.filename, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  let shown = 0
  for (;;) {
    await sleep(250)
    const status = (await askControl(controlPath, 'status')) as Status | null
    const text = existsSync(logPath) ? readFileSync(logPath, 'utf8') : ''
    process.stderr.write(text.slice(shown))
    shown = text.length
    if (status?.ready === true) return
    if (child.exitCode !== null || child.signalCode !== null) {
      process.exitCode = 1
      return
    }
  }
}

/** Two cores cannot scrape a large fleet's 70,000 series per cluster every 5 s. */
function scrapeIntervalFor(workloads = 0): number {
  return workloads > 300 ? 15 : 5
}

function statusOf(rig: Shown | undefined, ready: boolean): Status {
  return {
    ready,
    pid: process.pid,
    supervisorPid: rig?.supervisorPid ?? null,
    dir,
    kubeconfigPath: rig?.kubeconfigPath ?? null,
    clusters: (rig?.clusters ?? []).map((cluster) => ({
      name: cluster.name,
      provider: cluster.provider,
      network: cluster.network,
      mesh: cluster.mesh,
      apiServerUrl: cluster.apiServerUrl,
      prometheusUrl: cluster.prometheus?.loopbackUrl ?? null,
      processes: cluster.processes().map(({ name, pid }) => ({ name, pid })),
    })),
  }
}

function printStatus(status: Status): void {
  console.log(`${status.ready ? 'up' : 'starting'}, process ${status.pid}, folder ${status.dir}`)
  console.log(`kubeconfig: ${status.kubeconfigPath ?? 'not yet'}`)
  for (const cluster of status.clusters) {
    console.log(
      `${cluster.name} (${cluster.provider}, mesh ${cluster.mesh}, network ${cluster.network || '-'}): API server ${cluster.apiServerUrl}, Prometheus ${cluster.prometheusUrl ?? '-'}`,
    )
    console.log(
      `  ${cluster.processes.map(({ name, pid }) => `${name.split(' ')[0]} ${pid}`).join(', ')}`,
    )
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number, please')
  return value
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? []
  if (number === undefined) throw new InvalidArgumentError('a duration such as 20ms or 1s, please')
  return Number(number) * (unit === 's' ? 1000 : 1)
}

function addFault(text: string, before: readonly Fault[]): readonly Fault[] {
  try {
    return [...before, parseFault(text)]
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

try {
  await program.parseAsync()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
