import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { promisify } from 'node:util'
import { clusterSeries } from './exposition.ts'
import type { Detail } from './exposition.ts'
import type { Model } from './model.ts'

/** Which history to prepare. */
export interface BlockOptions {
  /** Path of the promtool program. */
  readonly promtool: string
  readonly fromMs: number
  readonly toMs: number
  readonly stepSeconds: number
  readonly detail: Detail
}

/**
 * Writes one cluster's history as blocks into `folder`, ready to be a
 * Prometheus' storage path. Blocks may reach into the future, so that a test
 * finds samples at whatever time it asks. Throws with promtool's own words.
 */
export async function writeBlocks(
  model: Model,
  cluster: string,
  folder: string,
  options: BlockOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'history.openmetrics')
  try {
    await writeOpenMetrics(model, cluster, file, options)
    await promisify(execFile)(
      options.promtool,
      ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, folder],
      { maxBuffer: 16_000_000 },
    )
  } finally {
    await rm(file, { force: true })
  }
}

/** One cluster's history in the OpenMetrics text format, series by series, with explicit times. */
async function writeOpenMetrics(
  model: Model,
  cluster: string,
  file: string,
  { fromMs, toMs, stepSeconds, detail }: Omit<BlockOptions, 'promtool'>,
): Promise<void> {
  const series = clusterSeries(model, cluster, detail)
  const count = Math.floor((toMs - fromMs) / (stepSeconds * 1000)) + 1
  const timesMs = Array.from({ length: count }, (_, step) => fromMs + step * stepSeconds * 1000)
  const columns = timesMs.map((atMs) => ({ seconds: atMs / 1000, values: series.valuesAt(atMs) }))
  const stream = createWriteStream(file)
  const write = async (text: string): Promise<void> => {
    if (!stream.write(text)) await once(stream, 'drain')
  }
  for (const [index, { metric, type, from }] of series.metrics.entries()) {
    // OpenMetrics names a counter's family without `_total`.
    await write(`# TYPE ${metric.replace(/_total$/, '')} ${type}\n`)
    const to = series.metrics[index + 1]?.from ?? series.names.length
    for (let row = from; row < to; row++) {
      const name = series.names[row]
      await write(
        columns.map(({ seconds, values }) => `${name} ${values[row]} ${seconds}\n`).join(''),
      )
    }
  }
  stream.end('# EOF\n')
  await finished(stream)
}
