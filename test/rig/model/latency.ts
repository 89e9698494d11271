/** A log-normal distribution of durations, which is what request latencies look like. */
export interface LatencyProfile {
  readonly medianMs: number
  /** Spread of the logarithm; 0.5 is calm, 1 is ragged. */
  readonly sigma: number
}

/** Upper bounds of Istio's duration histogram in milliseconds (Envoy's defaults), without +Inf. */
export const durationBoundsMs: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
]

/** Share of durations at or below the bound. Never decreases with the bound. */
export function shareBelow(profile: LatencyProfile, boundMs: number): number {
  return normalShare(Math.log(boundMs / profile.medianMs) / profile.sigma)
}

/** Mean duration in milliseconds. */
export function meanMs(profile: LatencyProfile): number {
  return profile.medianMs * Math.exp((profile.sigma * profile.sigma) / 2)
}

/**
 * The quantile of a cumulative histogram by Prometheus' rule: linear inside
 * the bucket, the lowest bucket starting at 0, the last finite bound where the
 * rank falls into +Inf. `cumulative` has one number more than `boundsMs`.
 * NaN for an empty histogram.
 */
export function histogramQuantile(
  quantile: number,
  boundsMs: readonly number[],
  cumulative: readonly number[],
): number {
  const total = cumulative[boundsMs.length] ?? 0
  if (!(total > 0)) return Number.NaN
  const rank = quantile * total
  const bucket = cumulative.findIndex((count) => count >= rank)
  const upper = boundsMs[bucket]
  if (upper === undefined) return boundsMs.at(-1) ?? Number.NaN
  const lower = bucket === 0 ? 0 : (boundsMs[bucket - 1] ?? 0)
  const before = bucket === 0 ? 0 : (cumulative[bucket - 1] ?? 0)
  const inside = (cumulative[bucket] ?? 0) - before
  return lower + (upper - lower) * (inside > 0 ? (rank - before) / inside : 0)
}

/** Distribution function of the standard normal (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normalShare(z: number): number {
  const distance = Math.abs(z)
  const t = 1 / (1 + 0.2316419 * distance)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-distance * distance) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z >= 0 ? 1 - tail : tail
}
