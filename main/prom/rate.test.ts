import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { histogramQuantile } from './quantile.ts'
import { counterRate } from './rate.ts'

/** The rate over the minute that ends at 60 s, of samples given as [seconds, value]. */
function rate(...samples: readonly (readonly [number, number])[]): number {
  const atMs = Float64Array.from(samples, ([seconds]) => seconds * 1000)
  const values = Float64Array.from(samples, ([, value]) => value)
  return counterRate(atMs, values, 0, samples.length, 60_000, 60)
}

describe('counterRate', () => {
  it('takes two samples', () => {
    expect(rate()).toBeNaN()
    expect(rate([30, 5])).toBeNaN()
  })

  it('leaves the sample at the window’s start out, as Prometheus 3 does', () => {
    expect(rate([0, 0], [60, 60])).toBeNaN()
    // 15 to 60 s, extended by the 15 s to the start.
    expect(rate([0, 1000], [15, 1015], [30, 1030], [45, 1045], [60, 1060])).toBeCloseTo(1)
  })

  it('adds what a counter had before it started again', () => {
    expect(rate([15, 100], [30, 110], [45, 5], [60, 15])).toBeCloseTo((25 * (60 / 45)) / 60)
  })

  it('does not extend below zero, nor far beyond where samples end', () => {
    // It grew by 30 in 15 s and starts at 3: zero was 1.5 s before.
    expect(rate([30, 3], [45, 33])).toBeCloseTo((30 * ((15 + 1.5 + 15) / 15)) / 60)
    // 1,000 s of it would be needed to reach zero: half a scrape to the left.
    expect(rate([30, 3000], [45, 3030], [60, 3060])).toBeCloseTo((60 * (37.5 / 30)) / 60)
  })

  it('is never negative, and does not grow when time is added at the end', () => {
    const steps = fc.array(fc.nat(100), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(steps, (values) => {
        const spacing = 59 / values.length
        const samples = values.map((value, at) => [1 + at * spacing, value] as const)
        expect(rate(...samples)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('histogramQuantile', () => {
  const bounds = [1, 5, 10, Infinity]

  it('is linear within a bucket, from zero in the lowest', () => {
    expect(histogramQuantile(0.5, bounds, [0, 10, 20, 20])).toBe(5)
    expect(histogramQuantile(0.75, bounds, [0, 10, 20, 20])).toBe(7.5)
    expect(histogramQuantile(0.25, bounds, [20, 20, 20, 20])).toBe(0.25)
  })

  it('is the highest bound where it lies beyond', () => {
    expect(histogramQuantile(0.99, bounds, [0, 1, 2, 100])).toBe(10)
  })

  it('knows nothing without observations or the last bucket', () => {
    expect(histogramQuantile(0.5, bounds, [0, 0, 0, 0])).toBeNaN()
    expect(histogramQuantile(0.5, [1, 5], [1, 2])).toBeNaN()
    expect(histogramQuantile(0.5, [Infinity], [1])).toBeNaN()
  })

  it('lies between its bucket’s bounds and grows with the quantile, even for torn histograms', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }), (counts) => {
        const values = [0.1, 0.5, 0.9, 0.99].map((q) => histogramQuantile(q, bounds, counts))
        values.forEach((value, at) => {
          if (Number.isNaN(value)) return
          expect(value).toBeGreaterThanOrEqual(values[at - 1] ?? 0)
          expect(value).toBeLessThanOrEqual(10)
        })
      }),
    )
  })
})
