import { describe, expect, it } from 'vitest'
import { durationBoundsMs, histogramQuantile, shareBelow } from './latency.ts'

describe('latency', () => {
  const profile = { medianMs: 40, sigma: 0.7 }

  it('has its median in the middle and never falls with the bound', () => {
    expect(shareBelow(profile, 40)).toBeCloseTo(0.5, 6)
    expect(shareBelow(profile, 40 * Math.exp(0.7 * 1.6448536))).toBeCloseTo(0.95, 5)
    const shares = durationBoundsMs.map((bound) => shareBelow(profile, bound))
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  })

  it('interpolates quantiles as Prometheus does', () => {
    expect(histogramQuantile(0.5, [10, 20, 40], [0, 10, 20, 20])).toBe(20)
    expect(histogramQuantile(0.9, [10, 20, 40], [0, 10, 20, 20])).toBe(36)
    expect(histogramQuantile(0.25, [10, 20], [10, 20, 20])).toBe(5)
    expect(histogramQuantile(0.99, [10, 20], [1, 2, 20])).toBe(20)
    expect(histogramQuantile(0.5, [10], [0, 0])).toBeNaN()
  })
})
