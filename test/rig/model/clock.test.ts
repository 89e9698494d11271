import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { basisIntegrals, basisRates, originMs, type Clock } from './clock.ts'

const clock: Clock = {
  loopSeconds: 600,
  tides: [
    { periodSeconds: 600, amplitude: 0, shift: 0 },
    { periodSeconds: 300, amplitude: 0.9, shift: 0.3 },
  ],
  phases: [
    { name: 'calm', fromSecond: 0 },
    { name: 'incident', fromSecond: 270 },
    { name: 'after', fromSecond: 420 },
  ],
}
const times = integer({ min: 0, max: 3_000_000_000 }).map((ms) => originMs + ms)

describe('clock', () => {
  it('has integrals that never decrease, loop borders included', () => {
    assert(
      property(times, integer({ min: 0, max: 700_000 }), (atMs, laterMs) => {
        const before = basisIntegrals(clock, atMs)
        const after = basisIntegrals(clock, atMs + laterMs)
        expect(after.every((value, index) => value >= (before[index] ?? 0))).toBe(true)
      }),
    )
    for (let loop = 1; loop < 100_000; loop += 997) {
      const border = originMs + loop * 600_000
      const before = basisIntegrals(clock, border - 1)
      const after = basisIntegrals(clock, border)
      expect(after.every((value, index) => value >= (before[index] ?? 0))).toBe(true)
    }
  })

  it('integrates what a fine sum of the rate functions gives', () => {
    const from = 1_234_567
    const rates = basisRates(clock, originMs + (from + 90) * 1000, 90)
    const sums = new Float64Array(rates.length)
    const stepSeconds = 0.01
    for (let second = from + stepSeconds / 2; second < from + 90; second += stepSeconds) {
      const within = second % 600
      const phase = within < 270 ? 0 : within < 420 ? 1 : 2
      for (const [tide, { amplitude, periodSeconds, shift }] of clock.tides.entries()) {
        const wave = 1 + amplitude * Math.sin(2 * Math.PI * (second / periodSeconds + shift))
        const index = tide * 3 + phase
        sums[index] = (sums[index] ?? 0) + (wave * stepSeconds) / 90
      }
    }
    for (const [index, rate] of rates.entries()) expect(rate).toBeCloseTo(sums[index] ?? 0, 3)
  })

  it('refuses a time before it began and a tide that does not fit the loop', () => {
    expect(() => basisIntegrals(clock, originMs - 1)).toThrow('begins at 2025')
    const odd = { ...clock, tides: [{ periodSeconds: 70, amplitude: 0, shift: 0 }] }
    expect(() => basisIntegrals(odd, originMs)).toThrow('does not divide')
  })
})
