import type { EndpointAnswer, FleetSource } from '../fleet/index.ts'
import type { BytesQuestion, EdgesQuestion, LatencyQuestion } from '../prom/index.ts'

/** The questions a map is made of. */
type MapQuestion = EdgesQuestion | LatencyQuestion | BytesQuestion

/** Asks telemetry and remembers. Who asks the same for the same time shares the answers. */
export interface Telemetry {
  /**
   * The answers of all endpoints, however long the slowest takes. Where one
   * fails, its last good answer to the same question stands in, with its age,
   * up to `keepSeconds`.
   */
  readonly ask: Ask
  /**
   * The same, but nobody is waited for longer than `patienceMs`: the last
   * answers of those who are late stand in. When they have answered, `onLate`
   * is called with that time, and asking again for it gives the whole.
   */
  readonly askSoon: Ask
  /** Shares no answer given so far: who could not answer then may do so now. */
  readonly renew: () => void
}

type Ask = <Q extends MapQuestion>(question: Q) => Promise<readonly EndpointAnswer<Q>[]>

/** How long a silent Prometheus' last answer is shown. After that its part of the map is gone. */
const keepSeconds = 300

/** Questions remembered at once: a few windows with their percentiles and bytes. */
const maxQuestions = 16

/** How long a map that is looked at waits for the slowest before it is drawn without. */
const patienceMs = 3000

interface Kept<Q extends MapQuestion> {
  readonly answer: EndpointAnswer<Q> & { readonly ok: true }
  readonly atMs: number
}

/** One question asked for one time. */
interface Round<Q extends MapQuestion> {
  readonly atMs: number
  readonly whole: Promise<readonly EndpointAnswer<Q>[]>
  soon: Promise<readonly EndpointAnswer<Q>[]>
}

/** What is kept of one question, whatever its time. */
interface Memory<Q extends MapQuestion> {
  /** By endpoint. */
  readonly kept: Map<string, Kept<Q>>
  /** Clusters that have not answered an earlier round. They are not asked again before they did. */
  readonly late: Set<string>
  newest: Round<Q> | null
}

/** Remembers each endpoint's last good answer to each question. */
export function createTelemetry(source: FleetSource, onLate: (atMs: number) => void): Telemetry {
  const memories = new Map<string, Memory<MapQuestion>>()

  function remember<Q extends MapQuestion>(question: Q): Memory<Q> {
    const key = JSON.stringify({ ...question, atMs: 0 })
    // The key holds the question's name, so what is under it belongs to this type of question.
    const memory = (memories.get(key) ?? {
      kept: new Map(),
      late: new Set(),
      newest: null,
    }) as Memory<Q>
    memories.delete(key)
    memories.set(key, memory)
    for (const oldest of memories.keys()) {
      if (memories.size <= maxQuestions) break
      memories.delete(oldest)
    }
    return memory
  }

  /** Asks everybody but those who still owe an answer. */
  function start<Q extends MapQuestion>(question: Q, memory: Memory<Q>): Round<Q> {
    const { kept, late } = memory
    const { atMs } = question
    const all = source.snapshot().clusters.map(({ status }) => status.name)
    const names = all.filter((name) => !late.has(name))
    const heard: EndpointAnswer<Q>[] = []
    const hear = (answer: EndpointAnswer<Q>) => {
      heard.push(answer)
      if (answer.ok) kept.set(answer.endpoint, { answer, atMs })
    }
    const asked =
      late.size > 0 && names.length === 0
        ? Promise.resolve([])
        : source.ask(question, { ...(late.size > 0 ? { clusters: names } : {}), onAnswer: hear })
    const whole = asked.then((answers) => {
      for (const answer of answers) if (!heard.includes(answer)) hear(answer)
      return withStandIns(heard, kept, all, atMs)
    })
    const patience = Promise.withResolvers<readonly EndpointAnswer<Q>[]>()
    const round: Round<Q> = { atMs, whole, soon: Promise.race([whole, patience.promise]) }
    const timer = setTimeout(() => {
      const silent = names.filter((name) => !heard.some(({ clusters }) => clusters.includes(name)))
      for (const name of silent) late.add(name)
      patience.resolve(withStandIns(heard, kept, all, atMs))
      const catchUp = () => {
        for (const name of silent) late.delete(name)
        round.soon = whole
        if (memory.newest === round) onLate(atMs)
      }
      whole.then(catchUp, catchUp)
    }, patienceMs)
    timer.unref()
    whole.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    )
    return round
  }

  function roundOf<Q extends MapQuestion>(question: Q): Round<Q> {
    const memory = remember(question)
    if (memory.newest?.atMs !== question.atMs) memory.newest = start(question, memory)
    return memory.newest
  }

  return {
    ask: (question) => roundOf(question).whole,
    askSoon: (question) => roundOf(question).soon,
    renew() {
      for (const memory of memories.values()) {
        memory.newest = null
        memory.late.clear()
      }
    },
  }
}

/** What was heard, with the last answers of those who failed or were not heard. */
function withStandIns<Q extends MapQuestion>(
  heard: readonly EndpointAnswer<Q>[],
  kept: ReadonlyMap<string, Kept<Q>>,
  clusters: readonly string[],
  atMs: number,
): readonly EndpointAnswer<Q>[] {
  const good = heard.filter(({ ok }) => ok)
  const answered = new Set(good.map(({ endpoint }) => endpoint))
  const told = new Set(good.flatMap((answer) => answer.clusters))
  const known = new Set(clusters)
  const standIns = [...kept.values()].flatMap((old) => {
    const { endpoint, clusters: own } = old.answer
    // Of a cluster that cannot be reached not even the endpoint's name is sure, so clusters decide.
    const isWanted = own.length === 0 || own.some((name) => known.has(name) && !told.has(name))
    return answered.has(endpoint) || !isWanted ? [] : (standIn(old, atMs) ?? [])
  })
  const covered = new Set(standIns.flatMap(({ endpoint, clusters: own }) => [endpoint, ...own]))
  const failed = heard.filter(
    ({ ok, endpoint, clusters: own }) =>
      !ok && !covered.has(endpoint) && !own.some((name) => covered.has(name)),
  )
  return [...good, ...standIns, ...failed]
}

function standIn<Q extends MapQuestion>(old: Kept<Q>, atMs: number): EndpointAnswer<Q> | null {
  const elapsedSeconds = (atMs - old.atMs) / 1000
  if (elapsedSeconds < 0 || elapsedSeconds > keepSeconds) return null
  return { ...old.answer, ageSeconds: old.answer.ageSeconds + elapsedSeconds }
}
