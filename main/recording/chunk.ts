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

/** Predicts each value from its series' last increase and from how its neighbour's increase changed. */
interface Prediction {
  /** Predicted value of sample `sample`, the `scale` its residual is counted in. */
  next(sample: number, scale: number): number
  /** Takes note of the value that came. */
  came(sample: number, value: number): void
}

/** Changes of increase of the series of one group, by series number: what neighbours are predicted from. */
type Surprises = Map<number, Float64Array>

function predictionOf(
  series: number,
  length: number,
  state: ChunkState,
  surprises: Surprises,
  neighbour: number,
): Prediction {
  const surprise = new Float64Array(length)
  const hint = surprises.get(neighbour)
  surprises.set(series, surprise)
  return {
    next(sample, scale) {
      const last = state.last[series] ?? 0
      const rise = (state.rise[series] || 0) + (hint?.[sample] ?? 0)
      return last + Math.round(rise * scale) / scale
    },
    came(sample, value) {
      const isSmall = Math.abs(value) < LARGEST_WHOLE
      const rise = (isSmall ? value : 0) - (state.last[series] ?? 0)
      const before = state.rise[series] ?? NaN
      surprise[sample] = isSmall ? rise - (before || 0) : 0
      state.last[series] = isSmall ? value : 0
      // The way from nothing to a counter's first value is no increase.
      state.rise[series] = isSmall && !Number.isNaN(before) ? rise : 0
    },
  }
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
    const values = runs.map(({ from }) =>
      samples.values.slice(from, from + times.length).map(recordedValue),
    )
    const forms = runs.map(({ series }, run) => formOf(values[run], state.last[series] ?? 0))
    for (const form of forms) writer.unsigned(form)
    const surprises: Surprises = new Map()
    runs.forEach(({ series }, run) => {
      const own = values[run] ?? new Float64Array(0)
      const prediction = predictionOf(
        series,
        own.length,
        state,
        surprises,
        neighbours[series] ?? -1,
      )
      own.forEach((value, sample) => {
        writeValue(writer, forms[run], value, prediction, sample)
        prediction.came(sample, value)
      })
    })
  }
  return writer.finish()
}

function writeValue(
  writer: ByteWriter,
  form: number | undefined,
  value: number,
  prediction: Prediction,
  sample: number,
): void {
  if (form === DOUBLE) writer.float(value)
  else {
    const scale = form === WHOLE ? 1 : FRACTION_SCALE
    writer.signed((value - prediction.next(sample, scale)) * scale)
  }
}

function formOf(values: Float64Array | undefined, last: number): number {
  if (values === undefined) return DOUBLE
  const isWhole = (value: number) => Number.isInteger(value) && Math.abs(value) < LARGEST_WHOLE
  if (isWhole(last) && values.every(isWhole)) return WHOLE
  const isFraction = (value: number) => Math.abs(value) < LARGEST_FRACTION
  return isFraction(last) && values.every(isFraction) ? FRACTION : DOUBLE
}

interface Run {
  readonly series: number
  readonly from: number
}

/** Series sampled at the same times, so that the times are written once. */
function groupByTimes(samples: Samples): { times: Float64Array; runs: Run[] }[] {
  const groups = new Map<string, { times: Float64Array; runs: Run[] }>()
  const { series, atMs } = samples
  for (let from = 0; from < series.length;) {
    const own = series[from] ?? 0
    let to = from + 1
    while (to < series.length && series[to] === own) to++
    const times = atMs.subarray(from, to)
    const key = times.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { times, runs: [{ series: own, from }] })
    else group.runs.push({ series: own, from })
    from = to
  }
  for (const { runs } of groups.values()) runs.sort((left, right) => left.series - right.series)
  return [...groups.values()]
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
  const series: number[] = []
  const atMs: number[] = []
  const values: number[] = []
  for (let group = reader.count(); group > 0; group--) {
    const times = readTimes(reader, baseMs)
    const numbers = readNumbers(reader, state.last.length)
    if (values.length + numbers.length * times.length > mostSamples)
      throw damaged('a step holds too many samples')
    const forms = numbers.map(() => reader.unsigned())
    const surprises: Surprises = new Map()
    numbers.forEach((number, run) => {
      const prediction = predictionOf(
        number,
        times.length,
        state,
        surprises,
        neighbours[number] ?? -1,
      )
      times.forEach((time, sample) => {
        const value = readValue(reader, forms[run], prediction, sample)
        prediction.came(sample, value)
        series.push(number)
        atMs.push(time)
        values.push(value)
      })
    })
  }
  reader.end()
  return {
    series: Uint32Array.from(series),
    atMs: Float64Array.from(atMs),
    values: Float64Array.from(values),
  }
}

function readValue(
  reader: ByteReader,
  form: number | undefined,
  prediction: Prediction,
  sample: number,
): number {
  if (form === DOUBLE) return reader.float()
  if (form !== WHOLE && form !== FRACTION) throw damaged('a sample has a form that is not known')
  const scale = form === WHOLE ? 1 : FRACTION_SCALE
  return prediction.next(sample, scale) + reader.signed() / scale
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
