import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FleetSource } from '../fleet/index.ts'
import { createRecording, type AnswerWithRange, type StepSummary } from './writer.ts'

/** How to record. */
export interface RecordOptions {
  readonly title: string
  readonly everySeconds: number
  /** Name and version of the program that records. */
  readonly createdBy: string
  /** Ends the recording; what was finished is kept and the file closed. */
  readonly signal: AbortSignal
  /** Ends the recording by itself after this long. */
  readonly forSeconds?: number
  /**
   * How far before the first step samples are kept, so that rates over windows
   * up to this long are known from the first step on; 300 when not given.
   */
  readonly historySeconds?: number
  /** Have players start again after the end. */
  readonly loop?: boolean
  /** Called after each committed step. */
  readonly onStep?: (step: StepSummary) => void
}

/** What was recorded. */
export interface RecordSummary {
  readonly steps: number
  readonly fromMs: number
  readonly toMs: number
  readonly bytes: number
}

/** Samples become visible somewhat after their own time: each step asks again for this much before it. */
const OVERLAP_MS = 30_000

/**
 * Records a fleet into a new file, one step every `everySeconds`, until the
 * signal or `forSeconds` ends it. An endpoint that does not answer is recorded
 * as not answering, and asked at later steps for what was missed.
 *
 * Throws a `RecordingError` when the file exists or cannot be written; what
 * was finished before an error is kept.
 */
export async function recordFleet(
  source: FleetSource,
  file: string,
  options: RecordOptions,
): Promise<RecordSummary> {
  const { title, everySeconds, createdBy, signal, loop = false, forSeconds = Infinity } = options
  const historyMs = (options.historySeconds ?? 300) * 1000
  const everyMs = everySeconds * 1000
  const writer = createRecording(file, { title, stepSeconds: everySeconds, loop, createdBy })
  const ask = sampleAsker(source, historyMs, signal)
  let steps = 0
  let beginMs = 0
  let lastMs = 0
  try {
    while (!signal.aborted) {
      const atMs = Math.round(nowOf(source))
      if (steps === 0) beginMs = atMs
      // A recording that is recorded again may start again from its beginning.
      else if (atMs <= lastMs) break
      const answers = await ask(atMs)
      const { clusters } = source.snapshot()
      const summary = writer.write({ atMs, clusters, answers })
      options.onStep?.(summary)
      steps++
      lastMs = atMs
      const nextMs = beginMs + Math.ceil((atMs + 1 - beginMs) / everyMs) * everyMs
      if (nextMs - beginMs > forSeconds * 1000) break
      await sleep(Math.max(0, nextMs - nowOf(source)), undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    writer.close()
  }
  return { steps, fromMs: beginMs, toMs: lastMs, bytes: statSync(file).size }
}

/** The moment a source speaks of: now, or where its player is. */
function nowOf(source: FleetSource): number {
  const timeline = source.timeline()
  return timeline.mode === 'live' ? Date.now() : timeline.positionMs
}

/**
 * Asks for the samples of each step: of every endpoint those since the last
 * step, and of one that was silent then, all since it last answered.
 */
function sampleAsker(source: FleetSource, historyMs: number, signal: AbortSignal) {
  const answeredToMs = new Map<string, number>()
  let lastMs: number | null = null

  return async (atMs: number): Promise<AnswerWithRange[]> => {
    // Longer gaps stay gaps: what comes back after hours is not asked for all of them.
    const earliestMs = atMs - Math.max(historyMs, 2 * OVERLAP_MS)
    const fromMs = lastMs === null ? atMs - historyMs : Math.max(lastMs - OVERLAP_MS, earliestMs)
    lastMs = atMs
    const answers = await source.ask({ name: 'samples', fromMs, toMs: atMs }, { signal })
    const behind = answers.filter(
      ({ endpoint, ok }) => ok && (answeredToMs.get(endpoint) ?? -Infinity) < fromMs,
    )
    for (const { endpoint, ok } of answers) if (ok) answeredToMs.set(endpoint, atMs)
    const recorded = new Map(answers.map((answer) => [answer.endpoint, { fromMs, answer }]))
    if (behind.length > 0 && earliestMs < fromMs) {
      const names = new Set(behind.map(({ endpoint }) => endpoint))
      const clusters = behind.flatMap((answer) => answer.clusters)
      const question = { name: 'samples', fromMs: earliestMs, toMs: atMs } as const
      for (const answer of await source.ask(question, { signal, clusters }))
        if (answer.ok && names.has(answer.endpoint))
          recorded.set(answer.endpoint, { fromMs: earliestMs, answer })
    }
    return [...recorded.values()]
  }
}
