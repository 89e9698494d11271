/** The traffic model by hand: its truth, its history, or live metrics to scrape. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ensureTools } from '../tools/index.ts'
import { writeBlocks } from './blocks.ts'
import { startExporters } from './exporter.ts'
import { details } from './exposition.ts'
import type { Detail } from './exposition.ts'
import { parseFault } from './faults.ts'
import type { Fault } from './faults.ts'
import { createDemoModel, createModel, seededClusters, separateMeshClusters } from './model.ts'
import { modelTruth } from './truth.ts'

interface Options {
  readonly workloads?: number
  readonly clusters: number
  readonly separate: boolean
  readonly edgesPerWorkload: number
  readonly seed: number
  readonly fault: readonly Fault[]
  readonly at: number
  readonly window: number
  readonly truth?: string
  readonly blocks?: string
  readonly minutes: number
  readonly step: number
  readonly serve: boolean
  readonly detail: Detail
}

const say = (line: string): void => console.error(line)

const program = new Command('model')
  .description('A seeded fleet with traffic. Without --workloads: the hand-made demo shop.')
  .option('--workloads <n>', 'workloads in all clusters', wholeNumber)
  .option('--clusters <n>', 'clusters of one mesh', wholeNumber, 3)
  .option('--separate', 'two separate meshes that both call themselves Kubernetes', false)
  .option('--edges-per-workload <n>', 'calls of each calling workload', wholeNumber, 4)
  .option('--seed <n>', 'seed of all chance', wholeNumber, 1)
  .option('--fault <kind:namespace/workload>', 'plant a fault (repeatable)', addFault, [])
  .option('--at <time>', 'evaluation time (ISO 8601; default: now)', time, Date.now())
  .option('--window <seconds>', 'window of the truth and its rates', wholeNumber, 60)
  .option('--truth <file>', 'write the expected graph as JSON')
  .option('--blocks <folder>', 'write Prometheus blocks, one folder for each cluster')
  .option('--minutes <n>', 'length of the history that ends at --at', wholeNumber, 10)
  .option('--step <seconds>', 'time between two samples of the history', wholeNumber, 15)
  .option('--serve', 'serve /metrics of each cluster until stopped', false)
  .addOption(
    new Option('--detail <detail>', 'which series').choices([...details]).default('standard'),
  )
  .action(run)

async function run(options: Options): Promise<void> {
  const model =
    options.workloads === undefined && !options.separate
      ? createDemoModel({ faults: options.fault })
      : createModel({
          workloads: options.workloads ?? 50,
          clusters: options.separate ? separateMeshClusters : seededClusters(options.clusters),
          edgesPerWorkload: options.edgesPerWorkload,
          seed: options.seed,
          faults: options.fault,
        })
  const { workloads, clusters } = model.topology
  say(`${workloads.length} workloads in ${clusters.length} clusters, ${model.flows.length} flows`)
  if (options.truth !== undefined) {
    const truth = modelTruth(model, options.at, options.window)
    await writeFile(options.truth, `${JSON.stringify(truth, null, 1)}\n`)
    say(`${truth.edges.length} edges written to ${options.truth}`)
  }
  if (options.blocks !== undefined) {
    const { promtool } = await ensureTools(['promtool'], { onProgress: say })
    for (const { name } of clusters)
      await writeBlocks(model, name, join(options.blocks, name), {
        promtool,
        fromMs: options.at - options.minutes * 60_000,
        toMs: options.at,
        stepSeconds: options.step,
        detail: options.detail,
      })
    say(`blocks written to ${options.blocks}`)
  }
  if (options.serve) {
    const { exporters, close } = await startExporters(model, { detail: options.detail })
    for (const { cluster, url } of exporters) console.log(`${cluster}\t${url}`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number, please')
  return value
}

function time(text: string): number {
  const value = Date.parse(text)
  if (Number.isNaN(value))
    throw new InvalidArgumentError('a time such as 2026-01-31T12:00:00Z, please')
  return value
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
