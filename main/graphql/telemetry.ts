import type { EndpointAnswer, FleetSource } from '../fleet/index.ts'
import type { BytesQuestion, EdgesQuestion, LatencyQuestion } from '../prom/index.ts'

/** The questions a map is made of. */
type MapQuestion = EdgesQuestion | LatencyQuestion | BytesQuestion

/** Asks telemetry and remembers. */
export interface Telemetry {
  /**
   * The answers of all endpoints. Where one fails, its last good answer to the
   * same question stands in, with its age, up to `keepSeconds`.
   */
  readonly ask: <Q extends MapQuestion>(question: Q) => Promise<readonly EndpointAnswer<Q>[]>
  /** Shares no answer given so far: who could not answer then may do so now. */
  readonly renew: () => void
}

/** How long a silent Prometheus' last answer is shown. After that its part of the map is gone. */
const keepSeconds = 300

/** Questions remembered at once: a few windows with their percentiles and bytes. */
const maxQuestions = 16

interface Kept<Q extends MapQuestion> {
  readonly answer: EndpointAnswer<Q> & { readonly ok: true }
  readonly atMs: number
}

/** What is kept of one question, whatever its time. */
interface Memory<Q extends MapQuestion> {
  /** By endpoint. */
  readonly kept: Map<string, Kept<Q>>
  /** The newest answers, given or awaited: who asks for the same time shares them. */
  newest: { readonly atMs: number; readonly answers: Promise<readonly EndpointAnswer<Q>[]> } | null
}

/** Remembers each endpoint's last good answer to each question, and asks once what several want for one time. */
export function createTelemetry(source: FleetSource): Telemetry {
  const memories = new Map<string, Memory<MapQuestion>>()

  function remember<Q extends MapQuestion>(question: Q): Memory<Q> {
    const key = JSON.stringify({ ...question, atMs: 0 })
    // The key holds the question's name, so what is under it belongs to this type of question.
    const memory = (memories.get(key) ?? { kept: new Map(), newest: null }) as Memory<Q>
    memories.delete(key)
    memories.set(key, memory)
    for (const oldest of memories.keys()) {
      if (memories.size <= maxQuestions) break
      memories.delete(oldest)
    }
    return memory
  }

  async function askNow<Q extends MapQuestion>(question: Q, { kept }: Memory<Q>) {
    const answers = await source.ask(question)
    const asked = new Set(answers.map(({ endpoint }) => endpoint))
    return answers.map((answer) => {
      if (answer.ok) {
        kept.set(answer.endpoint, { answer, atMs: question.atMs })
        return answer
      }
      // Of a cluster that cannot be reached, not even the endpoint's name is sure.
      const own = kept.get(answer.endpoint)
      const others = own ? [] : [...kept.values()].filter((old) => !asked.has(old.answer.endpoint))
      const last = own ?? others.find((old) => speaksFor(old.answer, answer.clusters))
      return standIn(last, question.atMs) ?? answer
    })
  }

  return {
    ask(question) {
      const memory = remember(question)
      if (memory.newest?.atMs !== question.atMs) {
        memory.newest = { atMs: question.atMs, answers: askNow(question, memory) }
      }
      return memory.newest.answers
    },
    renew() {
      for (const memory of memories.values()) memory.newest = null
    },
  }
}

function speaksFor(answer: { readonly clusters: readonly string[] }, clusters: readonly string[]) {
  return clusters.length > 0 && clusters.every((name) => answer.clusters.includes(name))
}

function standIn<Q extends MapQuestion>(
  kept: Kept<Q> | undefined,
  atMs: number,
): EndpointAnswer<Q> | null {
  if (kept === undefined) return null
  const elapsedSeconds = (atMs - kept.atMs) / 1000
  if (elapsedSeconds < 0 || elapsedSeconds > keepSeconds) return null
  return { ...kept.answer, ageSeconds: kept.answer.ageSeconds + elapsedSeconds }
}
