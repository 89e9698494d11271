/**
 * The time functions all traffic is made of. A rate is always a sum of
 * `coefficient × tide × phase`, so a counter is the same sum over the tides'
 * integrals: exact, never sampled, never accumulated.
 */

/** One slow wave of demand: 1 + amplitude × sin, around 1. */
export interface Tide {
  /** Must divide the loop, so that every loop is alike. */
  readonly periodSeconds: number
  /** 0 (constant) up to, but not including, 1. */
  readonly amplitude: number
  /** Where in its period the wave starts, 0 to 1. */
  readonly shift: number
}

/** A stretch of the loop in which the fleet behaves in one way. */
export interface Phase {
  readonly name: string
  readonly fromSecond: number
}

/** Tides and the phases of a loop that repeats for ever from `originMs`. */
export interface Clock {
  readonly loopSeconds: number
  readonly tides: readonly Tide[]
  /** In order, the first from second 0. */
  readonly phases: readonly Phase[]
}

/** Where counters begin (2025-01-01 UTC): a whole number of ten-minute loops since 1970. */
export const originMs = 1_735_689_600_000

/** A loop without waves or incidents: for models whose rates never change. */
export const steadyClock: Clock = {
  loopSeconds: 600,
  tides: [{ periodSeconds: 600, amplitude: 0, shift: 0 }],
  phases: [{ name: 'calm', fromSecond: 0 }],
}

/** How many basis functions a clock has: one for each tide in each phase, tide-major. */
export function basisSize(clock: Clock): number {
  return clock.tides.length * clock.phases.length
}

/**
 * The integral of every basis function from the origin to `atMs`, in seconds.
 * Never decreases with time: values are multiples of 2^-20 s, which stay exact
 * over centuries, because one rounding step downwards would look like a
 * counter reset to Prometheus.
 */
export function basisIntegrals(clock: Clock, atMs: number): Float64Array {
  const seconds = (atMs - originMs) / 1000
  if (seconds < 0)
    throw new Error(`the traffic model begins at ${new Date(originMs).toISOString()}`)
  const loops = Math.floor(seconds / clock.loopSeconds)
  const within = seconds - loops * clock.loopSeconds
  const result = new Float64Array(basisSize(clock))
  let index = 0
  for (const tide of clock.tides) {
    if (clock.loopSeconds % tide.periodSeconds !== 0)
      throw new Error(`a tide of ${tide.periodSeconds} s does not divide ${clock.loopSeconds} s`)
    for (const [phaseIndex, phase] of clock.phases.entries()) {
      const to = clock.phases[phaseIndex + 1]?.fromSecond ?? clock.loopSeconds
      const whole = quantised(tideIntegral(tide, phase.fromSecond, to))
      const reached = Math.min(Math.max(within, phase.fromSecond), to)
      const part = Math.min(whole, quantised(tideIntegral(tide, phase.fromSecond, reached)))
      result[index++] = loops * whole + part
    }
  }
  return result
}

/** Mean of every basis function over the window that ends at `atMs`: a rate is its product with the coefficients. */
export function basisRates(clock: Clock, atMs: number, windowSeconds: number): Float64Array {
  const end = basisIntegrals(clock, atMs)
  const start = basisIntegrals(clock, atMs - windowSeconds * 1000)
  return end.map((value, index) => (value - (start[index] ?? 0)) / windowSeconds)
}

/** Sum of products of two equally long vectors. */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}

function tideIntegral(tide: Tide, fromSecond: number, toSecond: number): number {
  const angular = (2 * Math.PI) / tide.periodSeconds
  const start = 2 * Math.PI * tide.shift
  const wave = Math.cos(angular * fromSecond + start) - Math.cos(angular * toSecond + start)
  return toSecond - fromSecond + (tide.amplitude / angular) * wave
}

function quantised(seconds: number): number {
  return Math.round(seconds * 1_048_576) / 1_048_576
}
