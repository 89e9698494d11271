import { basename } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { EndpointAnswer, FleetSnapshot, FleetSource } from '../fleet/index.ts'
import { answerFromSamples, type Question } from '../prom/index.ts'
import { RecordingError } from './error.ts'
import { fleetHistory } from './history.ts'
import { openRecordingFile, type RecordingFile } from './open-file.ts'
import { createPlayer } from './player.ts'
import { damaged, integer, rows, textOf, timeOf } from './rows.ts'
import { sampleReader, type RecordedAnswer, type SampleReader } from './sample-reader.ts'
import { LIMITS } from './schema.ts'

/** How to open a recording. */
export interface OpenOptions {
  /** The clock of real time, Unix milliseconds; the system's when not given. */
  readonly now?: () => number
}

const metaSchema = z.object({
  title: z.string().max(4096),
  stepSeconds: z.coerce.number().positive(),
  loop: z.enum(['true', 'false']).transform((loop) => loop === 'true'),
  createdBy: z.string().max(4096),
})

/**
 * Opens a recording as a source, playing from its first step on. Everything it
 * tells is in recorded time: callers evaluate at `timeline().positionMs`, and
 * compare `sinceMs` and `answeredMs` with it, never with the clock on the wall.
 *
 * Throws a {@link RecordingError} when the file is refused.
 */
export function openRecording(file: string, options: OpenOptions = {}): FleetSource {
  const opened = openRecordingFile(file)
  try {
    return recordedSource(opened, options.now ?? Date.now)
  } catch (error) {
    opened.close()
    if (error instanceof RecordingError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new RecordingError(`${basename(file)} cannot be read: ${reason}.`, { cause: error })
  }
}

function recordedSource(file: RecordingFile, now: () => number): FleetSource {
  const { database } = file
  const meta = readMeta(database)
  const steps = readSteps(database)
  const fleet = fleetHistory(database)
  const samples = sampleReader(database)
  const stepsMs = steps.map(({ atMs }) => atMs)
  const player = createPlayer({ stepsMs, loop: meta.loop, now })
  let shown = stepAt(player.positionMs())
  let snapshot: FleetSnapshot = { revision: 1, atMs: shown.atMs, clusters: fleet.at(shown.id) }
  let closed = false

  function stepAt(positionMs: number): Step {
    const step = steps.findLast(({ atMs }) => atMs <= positionMs) ?? steps[0]
    if (step === undefined) throw damaged('it holds no step')
    return step
  }

  function current(): FleetSnapshot {
    const step = stepAt(player.positionMs())
    if (step !== shown && !closed) {
      const clusters = fleet.at(step.id)
      snapshot = { revision: snapshot.revision + 1, atMs: step.atMs, clusters }
      shown = step
    }
    return snapshot
  }

  function recordedAnswers(step: number): readonly RecordedAnswer[] {
    try {
      return samples.answersAt(step)
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error
      const clusters = snapshot.clusters.map(({ status }) => status.name)
      const remedy = 'Record it again.'
      return [{ endpoint: 'recording', clusters, ageSeconds: 0, reason: error.message, remedy }]
    }
  }

  return {
    timeline: () => ({
      mode: 'recording',
      title: meta.title,
      fromMs: stepsMs[0] ?? 0,
      toMs: stepsMs.at(-1) ?? 0,
      stepSeconds: meta.stepSeconds,
      loop: meta.loop,
      positionMs: player.positionMs(),
    }),
    snapshot: current,
    subscribe: (listener) => player.subscribe(listener),
    async ask(question, { signal, clusters } = {}) {
      signal?.throwIfAborted()
      if (closed) throw new RecordingError('The recording is closed.')
      const [, toMs] = rangeOf(question)
      const wanted = clusters && new Set(clusters)
      return recordedAnswers(stepAt(toMs).id)
        .filter((answer) => !wanted || answer.clusters.some((cluster) => wanted.has(cluster)))
        .map((answer) => answerTo(question, answer, samples))
    },
    async seek(positionMs) {
      player.seek(positionMs)
    },
    async close() {
      if (closed) return
      closed = true
      player.close()
      file.close()
    },
  }
}

/** The left-open range of samples a question rests on. */
function rangeOf(question: Question): [fromMs: number, toMs: number] {
  if (question.name === 'samples') return [question.fromMs, question.toMs]
  if (question.name === 'series')
    return [question.fromMs - question.windowSeconds * 1000, question.toMs]
  return [question.atMs - question.windowSeconds * 1000, question.atMs]
}

function answerTo<Q extends Question>(
  question: Q,
  recorded: RecordedAnswer,
  samples: SampleReader,
): EndpointAnswer<Q> {
  const { endpoint, clusters, ageSeconds, reason, remedy } = recorded
  const common = { endpoint, clusters, ageSeconds }
  if (reason !== null) return { ...common, ok: false, reason, remedy }
  const [fromMs, toMs] = rangeOf(question)
  if (!samples.isCovered(endpoint, fromMs, toMs))
    return { ...common, ok: false, ...notRecorded(samples, endpoint, fromMs) }
  try {
    const answer = answerFromSamples(question, samples.store(endpoint, fromMs, toMs))
    return { ...common, ok: true, answer }
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    return { ...common, ok: false, reason: error.message, remedy: 'Record it again.' }
  }
}

function notRecorded(samples: SampleReader, endpoint: string, fromMs: number) {
  const beginMs = samples.beginMs(endpoint)
  return {
    reason: 'not recorded',
    remedy:
      fromMs < beginMs && Number.isFinite(beginMs)
        ? `Samples begin at ${new Date(beginMs).toISOString()}: choose a shorter window or a later time.`
        : 'Choose a time and window within the recording.',
  }
}

interface Step {
  readonly id: number
  readonly atMs: number
}

function readSteps(database: DatabaseSync): Step[] {
  const steps: Step[] = []
  for (const row of rows(database, 'SELECT id, at_ms FROM step ORDER BY id', LIMITS.steps)) {
    const step = { id: integer(row, 'id'), atMs: timeOf(row, 'at_ms') }
    const last = steps.at(-1)
    if (last !== undefined && step.atMs <= last.atMs) throw damaged('its steps are out of order')
    steps.push(step)
  }
  if (steps.length === 0)
    throw new RecordingError(
      'The recording holds no step yet: it ended before the first was finished.',
    )
  return steps
}

function readMeta(database: DatabaseSync): z.infer<typeof metaSchema> {
  const meta = Object.fromEntries(
    [...rows(database, 'SELECT key, value FROM meta', 100)].map((row) => [
      textOf(row, 'key'),
      textOf(row, 'value'),
    ]),
  )
  const parsed = metaSchema.safeParse(meta)
  if (!parsed.success)
    throw damaged(`what it says of itself is malformed (${z.prettifyError(parsed.error)})`)
  return parsed.data
}
