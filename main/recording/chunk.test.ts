import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeChunk,
  encodeChunk,
  forget,
  freshState,
  recordedValue,
  type Samples,
} from './chunk.ts'
import { RecordingError } from './error.ts'

const SERIES = 6
const BASE_MS = 1_800_000_000_000

/** Counters as they are, and whatever else a Prometheus may hold. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 1_000_000 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
)
const run = fc.record({
  series: fc.integer({ min: 0, max: SERIES - 1 }),
  samples: fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 20_000 }), value }), {
    minLength: 1,
    maxLength: 4,
  }),
})
const chunk = fc.record({
  isKey: fc.boolean(),
  runs: fc.uniqueArray(run, { selector: ({ series }) => series }),
})
/** A neighbour has a smaller number than its series. */
const neighbours = fc
  .tuple(...Array.from({ length: SERIES }, (_, series) => fc.integer({ min: -1, max: series - 1 })))
  .map((list) => Int32Array.from(list))

type Runs = typeof chunk extends fc.Arbitrary<{ runs: infer R }> ? R : never

function samplesOf(runs: Runs, baseMs: number): Samples {
  const rows = runs.flatMap(({ series, samples }) => {
    let atMs = baseMs
    return samples.map((sample) => ({
      series,
      atMs: (atMs += sample.afterMs),
      value: sample.value,
    }))
  })
  return {
    series: Uint32Array.from(rows, (row) => row.series),
    atMs: Float64Array.from(rows, (row) => row.atMs),
    values: Float64Array.from(rows, (row) => row.value),
  }
}

function bySeries({ series, atMs, values }: Samples, map: (value: number) => number) {
  const rows = [...series].map((own, row) => [own, atMs[row], map(values[row] ?? NaN)] as const)
  return rows.toSorted(([left], [right]) => left - right)
}

describe('chunks', () => {
  it('give back every sample, at its time, over many chunks', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 5 }), neighbours, (chunks, near) => {
        const writing = freshState(SERIES)
        const reading = freshState(SERIES)
        chunks.forEach(({ isKey, runs }, index) => {
          const baseMs = BASE_MS + index * 100_000
          const samples = samplesOf(runs, baseMs)
          if (isKey) {
            forget(writing)
            forget(reading)
          }
          const bytes = encodeChunk(samples, writing, near, baseMs)
          const decoded = decodeChunk(bytes, reading, near, baseMs, 1000)
          expect(bySeries(decoded, (number) => number)).toEqual(bySeries(samples, recordedValue))
        })
      }),
    )
  })

  it('keep whole numbers as they are, and others within a thousandth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (whole) => {
        expect(recordedValue(whole)).toBe(whole)
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 37, noNaN: true }), (fraction) => {
        expect(Math.abs(recordedValue(fraction) - fraction)).toBeLessThanOrEqual(2 ** -11)
      }),
    )
  })

  it('never make a rising counter fall', () => {
    const counter = fc.double({ min: 0, max: 1e18, noNaN: true })
    fc.assert(
      fc.property(counter, counter, (one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one]
        expect(recordedValue(less)).toBeLessThanOrEqual(recordedValue(more))
      }),
    )
  })

  it('take one byte for a bucket that rises like its neighbour', () => {
    const near = Int32Array.from({ length: 20 }, (_, series) => series - 1)
    const state = freshState(20)
    const all = (value: number): Samples => ({
      series: Uint32Array.from(near, (_, series) => series),
      atMs: new Float64Array(20).fill(BASE_MS),
      values: new Float64Array(20).fill(value),
    })
    encodeChunk(all(1_000_000), state, near, BASE_MS)
    const bytes = encodeChunk(all(1_234_567), state, near, BASE_MS)
    // Per series one byte each for its number, its form and its value; the rest for the group.
    expect(bytes.length).toBeLessThan(3 * 20 + 10)
  })

  it('refuse any bytes that are no chunk, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeChunk(bytes, freshState(SERIES), new Int32Array(SERIES).fill(-1), BASE_MS, 100)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
