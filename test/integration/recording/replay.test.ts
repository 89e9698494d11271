import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EndpointAnswer, FleetSource } from '../../../main/fleet/index.ts'
import type { Question, Table } from '../../../main/prom/index.ts'
import { createRecording, openRecording } from '../../../main/recording/index.ts'
import { createModel, demoClusters, type Model } from '../../rig/model/index.ts'
import { durationBoundsMs } from '../../rig/model/latency.ts'
import { modelSource } from './model-source.ts'

const beginMs = Date.UTC(2026, 5, 1, 12)
const stepMs = 10_000
const steps = 13

let folder: string
let file: string
let model: Model
let replay: FleetSource

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smm-replay-'))
  file = join(folder, 'fleet.smm-recording')
  model = createModel({ workloads: 50, clusters: demoClusters, seed: 11 })
  let nowMs = beginMs
  const live = modelSource(model, { now: () => nowMs, scrapeSeconds: 5 })
  const writer = createRecording(file, {
    title: 'Fifty workloads',
    stepSeconds: stepMs / 1000,
    loop: false,
    createdBy: 'test',
  })
  for (let step = 0; step < steps; step++) {
    nowMs = beginMs + step * stepMs
    const fromMs = nowMs - (step === 0 ? 120_000 : 2 * stepMs)
    const answers = await live.ask({ name: 'samples', fromMs, toMs: nowMs })
    const { clusters } = live.snapshot()
    writer.write({ atMs: nowMs, clusters, answers: answers.map((answer) => ({ fromMs, answer })) })
  }
  writer.close()
  replay = openRecording(file)
})

afterAll(async () => {
  await replay.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Rows of an answer's tables: labels as text, and values. */
function rowsOf(answer: EndpointAnswer<Question> | undefined): Map<string, readonly number[]> {
  if (answer?.ok !== true) throw new Error(answer?.reason ?? 'no answer')
  const tables = Object.entries(answer.answer).filter(
    (entry): entry is [string, Table] => 'rowCount' in Object(entry[1]),
  )
  return new Map(
    tables.flatMap(([name, table]) =>
      Array.from({ length: table.rowCount }, (_, row) => {
        const labels = Object.entries(table.labels)
          .map(([label, { dictionary, codes }]) => `${label}=${dictionary[codes[row] ?? 0] ?? ''}`)
          .filter((text) => !text.endsWith('='))
        const key = [name, ...labels.toSorted()].join(' ')
        return [key, Object.values(table.values).map((column) => column[row] ?? NaN)] as const
      }),
    ),
  )
}

/** Which bucket of the duration histogram a percentile is in. */
const bucketOf = (ms: number) => durationBoundsMs.findIndex((bound) => ms <= bound)

describe('a fleet of 50 workloads, recorded and replayed', () => {
  it.each(['edges', 'bytes', 'latency'] as const)('answers %s as live', async (name) => {
    const live = modelSource(model, { now: () => beginMs, scrapeSeconds: 5 })
    for (const atMs of [beginMs, beginMs + 73_456, beginMs + (steps - 1) * stepMs]) {
      const common = { atMs, windowSeconds: 60, identity: 'full' } as const
      const question: Question =
        name === 'latency' ? { name, ...common, destinationNamespaces: null } : { name, ...common }
      const [lived, replayed] = [await live.ask(question), await replay.ask(question)]
      expect(replayed.map(({ endpoint }) => endpoint)).toEqual(
        lived.map(({ endpoint }) => endpoint),
      )
      lived.forEach((one, index) => {
        const [wanted, got] = [rowsOf(one), rowsOf(replayed[index])]
        expect(wanted.size).toBeGreaterThan(0)
        expect([...got.keys()].toSorted()).toEqual([...wanted.keys()].toSorted())
        for (const [key, values] of wanted)
          values.forEach((value, column) => {
            const replayedValue = got.get(key)?.[column] ?? NaN
            const difference = Math.abs(replayedValue - value)
            const isClose = difference <= Math.max(0.01 * value, 1e-4)
            // The model counts fractions of requests, a recording to a thousandth of one.
            const isPercentile = name === 'latency' && column > 0
            const isSame = isPercentile && bucketOf(replayedValue) === bucketOf(value)
            expect(isClose || isSame, `${key}: ${replayedValue} for ${value}`).toBe(true)
          })
      })
    }
  })

  it('shows the same objects as live', () => {
    const live = modelSource(model, { now: () => beginMs, scrapeSeconds: 5 }).snapshot()
    const names = ({ clusters }: typeof live) =>
      clusters.map(({ status, objects }) => [
        status.name,
        Object.entries(objects)
          .flatMap(([kind, list]) =>
            list.map(
              ({ metadata }) => `${kind}/${metadata.namespace}/${metadata.name}/${metadata.uid}`,
            ),
          )
          .toSorted(),
      ])
    expect(names(replay.snapshot())).toEqual(names(live))
  })

  it('takes little room: under two bytes a sample', async () => {
    let samples = 0
    for (const answer of await replay.ask({
      name: 'samples',
      fromMs: beginMs - 120_000,
      toMs: beginMs + (steps - 1) * stepMs,
    }))
      samples += answer.ok ? answer.answer.samples.rowCount : 0
    expect(samples).toBeGreaterThan(50_000)
    expect(statSync(file).size / samples).toBeLessThan(2)
  })
})
