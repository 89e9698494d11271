import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer, cluster } from '../../test/integration/recording/fixture.ts'
import type { EndpointAnswer, FleetSource } from '../fleet/index.ts'
import type { Question, SamplesQuestion } from '../prom/index.ts'
import { recordFleet, type RecordOptions } from './record.ts'
import { openRecording } from './recorded-source.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-record-test-'))
  file = join(folder, 'fleet.smm-recording')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Asked extends SamplesQuestion {
  readonly clusters: readonly string[] | undefined
}

type Reply = (asked: Asked, count: number) => readonly EndpointAnswer<SamplesQuestion>[]

/** A live fleet of one or two clusters that answers `samples` as told. */
function liveFleet(reply: Reply) {
  const asked: Asked[] = []
  const source: FleetSource = {
    timeline: () => ({ mode: 'live' }),
    snapshot: () => ({ revision: 1, atMs: Date.now(), clusters: [cluster('east', [])] }),
    subscribe: () => () => undefined,
    async ask<Q extends Question>(question: Q, options: { clusters?: readonly string[] } = {}) {
      if (question.name !== 'samples') throw new Error('only samples are recorded')
      asked.push({ ...question, clusters: options.clusters })
      const answers: readonly EndpointAnswer<Question>[] = reply(
        asked.at(-1) as Asked,
        asked.length,
      )
      return answers as readonly EndpointAnswer<Q>[]
    },
    async seek() {},
    async close() {},
  }
  return { source, asked }
}

const says = (name: string, asked: Asked) => answer(name, asked.fromMs, []).answer
const fails = (name: string) => answer(name, 0, { reason: 'down' }).answer
const forever = new AbortController().signal
const options = (changes: Partial<RecordOptions> = {}): RecordOptions => ({
  title: 'A test',
  everySeconds: 0.02,
  createdBy: 'test',
  signal: forever,
  historySeconds: 120,
  ...changes,
})

/** Options that end the recording after so many steps, however long they take. */
function steps(count: number): RecordOptions {
  const stop = new AbortController()
  const onStep = ({ step }: { step: number }) => {
    if (step === count) stop.abort()
  }
  return options({ signal: stop.signal, onStep })
}

describe('recording a fleet', () => {
  it('asks first for the history, then each time for what came since, with an overlap', async () => {
    const { source, asked } = liveFleet((question) => [says('east', question)])
    const summary = await recordFleet(source, file, steps(3))
    expect(summary.steps).toBe(3)
    expect(asked).toHaveLength(3)
    expect(summary.bytes).toBe(statSync(file).size)
    const [first, second] = asked
    expect(first?.toMs).toBe(summary.fromMs)
    expect((first?.toMs ?? 0) - (first?.fromMs ?? 0)).toBe(120_000)
    expect((first?.toMs ?? 0) - (second?.fromMs ?? 0)).toBe(30_000)
    const timeline = openRecording(file).timeline()
    expect(timeline).toMatchObject({ fromMs: summary.fromMs, toMs: summary.toMs, loop: false })
  })

  it('ends when told to, in the middle of a wait or a question, with what was finished', async () => {
    const stop = new AbortController()
    const { source } = liveFleet((question, count) => {
      if (count < 3) return [says('east', question)]
      stop.abort()
      stop.signal.throwIfAborted()
      return []
    })
    const steps: number[] = []
    const onStep = ({ step }: { step: number }) => steps.push(step)
    const summary = await recordFleet(source, file, options({ signal: stop.signal, onStep }))
    expect(steps).toEqual([1, 2])
    expect(summary.steps).toBe(2)
    expect(readdirSync(folder)).toEqual(['fleet.smm-recording'])
    expect(openRecording(file).timeline()).toMatchObject({ toMs: summary.toMs })

    const waiting = new AbortController()
    const other = join(folder, 'other')
    const waits = options({
      signal: waiting.signal,
      everySeconds: 3600,
      onStep: () => setImmediate(() => waiting.abort()),
    })
    const live = liveFleet((question) => [says('east', question)])
    expect(await recordFleet(live.source, other, waits)).toMatchObject({ steps: 1 })
  })

  it('keeps what was finished when the source fails, and says why', async () => {
    const { source } = liveFleet((question, count) => {
      if (count > 2) throw new Error('lost')
      return [says('east', question)]
    })
    await expect(recordFleet(source, file, options())).rejects.toThrow('lost')
    expect(readdirSync(folder)).toEqual(['fleet.smm-recording'])
    expect(openRecording(file).snapshot().clusters).toHaveLength(1)
  })

  it('asks an endpoint that was silent for what was missed, and only that one', async () => {
    const { source, asked } = liveFleet((question, count) => {
      const isCatchingUp = question.clusters !== undefined
      if (isCatchingUp) return [says('west', question)]
      return [says('east', question), count < 3 ? fails('west') : says('west', question)]
    })
    await recordFleet(source, file, steps(5))
    const again = asked.filter(({ clusters }) => clusters !== undefined)
    expect(again).toMatchObject([{ clusters: ['west'] }])
    expect((again[0]?.toMs ?? 0) - (again[0]?.fromMs ?? 0)).toBe(120_000)

    const recorded = openRecording(file)
    const [at] = again.map(({ toMs }) => toMs)
    const question = { name: 'edges', windowSeconds: 119, identity: 'lean' } as const
    expect(await recorded.ask({ ...question, atMs: at ?? 0 })).toMatchObject([
      { ok: true },
      { ok: true },
    ])
    expect(await recorded.ask({ ...question, atMs: (at ?? 0) - 1 })).toMatchObject([
      { ok: true },
      { ok: false, reason: 'down' },
    ])
  })

  it('refuses a file that exists before it asks anything', async () => {
    const { source, asked } = liveFleet(() => [])
    expect(await recordFleet(source, file, options({ forSeconds: 0 }))).toMatchObject({ steps: 1 })
    const count = asked.length
    await expect(recordFleet(source, file, options())).rejects.toThrow(/exists already/)
    expect(asked).toHaveLength(count)
  })
})
