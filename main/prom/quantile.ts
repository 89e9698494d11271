/** Differences between neighbouring buckets below this share of their sum are rounding, not observations. */
const relativeTolerance = 1e-12

/**
 * A quantile of a cumulative histogram by the rule of Prometheus'
 * `histogram_quantile`: linear within a bucket, the lowest from zero, the
 * highest finite bound when it falls into `+Inf`.
 *
 * `bounds` are ascending and end with Infinity, `counts` belong to them; NaN
 * where they do not make a histogram or hold no observation.
 */
export function histogramQuantile(
  quantile: number,
  bounds: ArrayLike<number>,
  counts: ArrayLike<number>,
): number {
  const last = bounds.length - 1
  if (last < 1 || bounds[last] !== Infinity) return NaN
  const cumulative = monotonic(counts)
  const total = cumulative[last] ?? 0
  if (total === 0 || Number.isNaN(total)) return NaN
  const rank = quantile * total
  let bucket = 0
  while (bucket < last && !((cumulative[bucket] ?? 0) >= rank)) bucket++
  const end = bounds[bucket] ?? NaN
  if (bucket === last) return bounds[last - 1] ?? NaN
  if (bucket === 0 && end <= 0) return end
  const start = bucket === 0 ? 0 : (bounds[bucket - 1] ?? NaN)
  const before = bucket === 0 ? 0 : (cumulative[bucket - 1] ?? 0)
  const inside = (cumulative[bucket] ?? 0) - before
  return start + (end - start) * ((rank - before) / inside)
}

/** Counts that never fall: scrapes that tear a histogram, and rounding, make some do. */
function monotonic(counts: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(counts)
  let highest = result[0] ?? 0
  for (let at = 1; at < result.length; at++) {
    const count = result[at] ?? 0
    const isNoise =
      count !== 0 &&
      highest !== 0 &&
      Math.abs(count - highest) / (Math.abs(count) + Math.abs(highest)) < relativeTolerance
    if (count < highest || isNoise) result[at] = highest
    else highest = count
  }
  return result
}
