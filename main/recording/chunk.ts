import { byteReader, byteWriter, type ByteReader, type ByteWriter } from './bytes.ts'
import { damaged } from './rows.ts'

/** Raw samples: row `i` is series `series[i]` at `atMs[i]`. Rows of one series are adjacent and ascend in time. */
export interface Samples {
  readonly series: Uint32Array
  readonly atMs: Float64Array
  readonly values: Float64Array
}

/** What the next chunk's numbers are predicted from, by series number. */
export interface ChunkState {
  /** Last value; 0 before the first. */
  readonly last: Float64Array
  /** Last increase; NaN before the first value. */
  readonly rise: Float64Array
}

/** The state before any sample, and before every key chunk. */
export function freshState(seriesCount: number): ChunkState {
  return {
    last: new Float64Array(seriesCount),
    rise: new Float64Array(seriesCount).fill(NaN),
  }
}

/** Forgets all samples, in place: what a key chunk begins with. */
export function forget(state: ChunkState): void {
  state.last.fill(0)
  state.rise.fill(NaN)
}

/** How the values of one series are written: whole numbers, multiples of 2^-10, or any double. */
const WHOLE = 0
const FRACTION = 1
const DOUBLE = 2
const FRACTION_SCALE = 1024
const LARGEST_WHOLE = 2 ** 48
const LARGEST_FRACTION = 2 ** 38

/**
 * The value a recording keeps: counters of requests and bytes are whole numbers
 * and stay as they are; others are rounded to multiples of 2^-10, or to whole
 * numbers where they are so large that this is less than a trillionth.
 * Rounding never makes a rising counter fall.
 */
export function recordedValue(value: number): number {
  const size = Math.abs(value)
  // Adding 0 makes -0 a plain 0.
  if (size < LARGEST_FRACTION) return Math.round(value * FRACTION_SCALE) / FRACTION_SCALE + 0
  return size < LARGEST_WHOLE ? Math.round(value) : value
}

/** How the increases of the series of one group changed: what neighbours are predicted from. */
interface Surprises {
  /** Of sample `sample` of run `run`, at `run * length + sample`. */
  readonly changes: Float64Array
  readonly length: number
  /** Run by series number. */
  readonly runs: Map<number, number>
}

function noSurprises(runCount: number, length: number): Surprises {
  return { changes: new Float64Array(runCount * length), length, runs: new Map() }
}

/** What the neighbour's increase changed by, at every sample; null without a neighbour in the group. */
function hintsOf(surprises: Surprises, neighbour: number | undefined): Float64Array | null {
  const run = surprises.runs.get(neighbour ?? -1)
  if (run === undefined) return null
  return surprises.changes.subarray(run * surprises.length, (run + 1) * surprises.length)
}

/** Predicts the next value of a series in steps of 1 / `scale`: it rises as last time, and as its neighbour hints. */
function predict(state: ChunkState, series: number, hint: number, scale: number): number {
  const rise = (state.rise[series] || 0) + hint
  return (state.last[series] ?? 0) + Math.round(rise * scale) / scale
}

/** Takes note of the value that came; returns by how much its increase changed. */
function observe(state: ChunkState, series: number, value: number): number {
  const last = state.last[series] ?? 0
  const before = state.rise[series] ?? NaN
  if (!(Math.abs(value) < LARGEST_WHOLE)) {
    state.last[series] = 0
    state.rise[series] = 0
    return 0
  }
  const rise = value - last
  state.last[series] = value
  // The way from nothing to a counter's first value is no increase.
  state.rise[series] = Number.isNaN(before) ? 0 : rise
  return rise - (before || 0)
}

/**
 * Samples of one metric of one endpoint at one step, as bytes; see "Chunks" in
 * docs/recording-format.md. `state` is changed in place and must have room for
 * every series; times are written relative to `baseMs`, the step's time.
 */
export function encodeChunk(
  samples: Samples,
  state: ChunkState,
  neighbours: Int32Array,
  baseMs: number,
): Uint8Array {
  const writer = byteWriter()
  const values = samples.values.map(recordedValue)
  const groups = groupByTimes(samples)
  writer.unsigned(groups.length)
  for (const { times, runs } of groups) {
    writer.unsigned(times.length)
    let before = baseMs
    for (const time of times) {
      writer.signed(time - before)
      before = time
    }
    writer.unsigned(runs.length)
    let previous = -1
    for (const { series } of runs) {
      writer.unsigned(series - previous - 1)
      previous = series
    }
    for (const { series, from } of runs)
      writer.unsigned(formOf(values, from, times.length, state.last[series] ?? 0))
    writeValues(writer, values, times.length, runs, state, neighbours)
  }
  return writer.finish()
}

function writeValues(
  writer: ByteWriter,
  values: Float64Array,
  length: number,
  runs: readonly Run[],
  state: ChunkState,
  neighbours: Int32Array,
): void {
  const surprises = noSurprises(runs.length, length)
  runs.forEach(({ series, from }, run) => {
    const form = formOf(values, from, length, state.last[series] ?? 0)
    const scale = form === FRACTION ? FRACTION_SCALE : 1
    const hints = hintsOf(surprises, neighbours[series])
    surprises.runs.set(series, run)
    for (let sample = 0; sample < length; sample++) {
      const value = values[from + sample] ?? NaN
      if (form === DOUBLE) writer.float(value)
      else writer.signed((value - predict(state, series, hints?.[sample] ?? 0, scale)) * scale)
      surprises.changes[run * length + sample] = observe(state, series, value)
    }
  })
}

function formOf(values: Float64Array, from: number, length: number, last: number): number {
  let form = Number.isInteger(last) ? WHOLE : FRACTION
  for (let index = from; index < from + length; index++) {
    const value = values[index] ?? NaN
    const size = Math.abs(value)
    if (Number.isInteger(value) && size < LARGEST_WHOLE) continue
    if (!(size < LARGEST_FRACTION)) return DOUBLE
    form = FRACTION
  }
  if (form === WHOLE) return WHOLE
  // In fractions, every number around must be small enough to stay exact.
  if (Math.abs(last) >= LARGEST_FRACTION) return DOUBLE
  for (let index = from; index < from + length; index++)
    if (Math.abs(values[index] ?? NaN) >= LARGEST_FRACTION) return DOUBLE
  return FRACTION
}

interface Run {
  readonly series: number
  readonly from: number
}

interface Group {
  readonly times: Float64Array
  readonly runs: Run[]
}

/** Series sampled at the same times, so that the times are written once. */
function groupByTimes({ series, atMs }: Samples): Group[] {
  const groups = new Map<string, Group>()
  let group: Group | undefined
  for (let from = 0; from < series.length;) {
    const own = series[from] ?? 0
    let to = from + 1
    while (to < series.length && series[to] === own) to++
    const times = atMs.subarray(from, to)
    // Most series of an endpoint are sampled together.
    if (group === undefined || !areSame(group.times, times)) {
      const key = times.join()
      group = groups.get(key) ?? { times, runs: [] }
      groups.set(key, group)
    }
    group.runs.push({ series: own, from })
    from = to
  }
  for (const { runs } of groups.values()) runs.sort((left, right) => left.series - right.series)
  return [...groups.values()]
}

function areSame(left: Float64Array, right: Float64Array): boolean {
  return left.length === right.length && left.every((time, index) => time === right[index])
}

/**
 * The inverse of {@link encodeChunk}. `state` is read and changed in place and
 * says how many series there are. Damage throws a `RecordingError`.
 */
export function decodeChunk(
  bytes: Uint8Array,
  state: ChunkState,
  neighbours: Int32Array,
  baseMs: number,
  mostSamples: number,
): Samples {
  const reader = byteReader(bytes)
  const parts: Samples[] = []
  let count = 0
  for (let group = reader.count(); group > 0; group--) {
    const times = readTimes(reader, baseMs)
    const numbers = readNumbers(reader, state.last.length)
    reader.demand(numbers.length * (1 + times.length))
    const part = emptySamples(numbers.length * times.length, mostSamples - count)
    parts.push(part)
    count += part.series.length
    const forms = numbers.map(() => reader.unsigned())
    const surprises = noSurprises(numbers.length, times.length)
    numbers.forEach((number, run) => {
      const form = forms[run]
      if (form !== WHOLE && form !== FRACTION && form !== DOUBLE)
        throw damaged('a sample has a form that is not known')
      const scale = form === FRACTION ? FRACTION_SCALE : 1
      const hints = hintsOf(surprises, neighbours[number])
      surprises.runs.set(number, run)
      times.forEach((time, sample) => {
        const value =
          form === DOUBLE
            ? reader.float()
            : predict(state, number, hints?.[sample] ?? 0, scale) + reader.signed() / scale
        surprises.changes[run * times.length + sample] = observe(state, number, value)
        const row = run * times.length + sample
        part.series[row] = number
        part.atMs[row] = time
        part.values[row] = value
      })
    })
  }
  reader.end()
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : joined(parts, count)
}

function emptySamples(count: number, most: number): Samples {
  if (count > most) throw damaged('a step holds too many samples')
  return {
    series: new Uint32Array(count),
    atMs: new Float64Array(count),
    values: new Float64Array(count),
  }
}

function joined(parts: readonly Samples[], count: number): Samples {
  const all = emptySamples(count, count)
  let row = 0
  for (const { series, atMs, values } of parts) {
    all.series.set(series, row)
    all.atMs.set(atMs, row)
    all.values.set(values, row)
    row += series.length
  }
  return all
}

function readTimes(reader: ByteReader, baseMs: number): number[] {
  let time = baseMs
  return Array.from({ length: reader.count() }, () => (time += reader.signed()))
}

function readNumbers(reader: ByteReader, limit: number): number[] {
  let previous = -1
  return Array.from({ length: reader.count() }, () => {
    previous += reader.unsigned() + 1
    if (previous >= limit) throw damaged('a sample belongs to a series that is not there')
    return previous
  })
}
