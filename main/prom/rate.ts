/**
 * The per-second rate of a counter by Prometheus' own rule: the increase over
 * the samples in the window (end - window, end] (left-open, as Prometheus 3
 * has it), counter resets added, extrapolated towards the window's borders.
 * NaN with fewer than two samples.
 *
 * The samples of the series are `from` to `to` of `atMs` (ascending) and `values`.
 */
export function counterRate(
  atMs: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  endMs: number,
  windowSeconds: number,
): number {
  const startMs = endMs - windowSeconds * 1000
  const first = firstAfter(atMs, from, to, startMs)
  const last = firstAfter(atMs, first, to, endMs) - 1
  if (last <= first) return NaN

  const firstValue = values[first] ?? NaN
  let increase = (values[last] ?? NaN) - firstValue
  let previous = firstValue
  for (let at = first + 1; at <= last; at++) {
    const value = values[at] ?? NaN
    if (value < previous) increase += previous
    previous = value
  }

  const firstMs = atMs[first] ?? NaN
  const lastMs = atMs[last] ?? NaN
  const sampledSeconds = (lastMs - firstMs) / 1000
  const spacingSeconds = sampledSeconds / (last - first)
  // A border farther away than about one scrape is not reached: the series began or ended inside.
  const reachSeconds = spacingSeconds * 1.1
  let headSeconds = (firstMs - startMs) / 1000
  let tailSeconds = (endMs - lastMs) / 1000
  if (headSeconds >= reachSeconds) headSeconds = spacingSeconds / 2
  // A counter does not start below zero.
  if (increase > 0 && firstValue >= 0) {
    headSeconds = Math.min(headSeconds, sampledSeconds * (firstValue / increase))
  }
  if (tailSeconds >= reachSeconds) tailSeconds = spacingSeconds / 2
  const coveredSeconds = sampledSeconds + headSeconds + tailSeconds
  return (increase * (coveredSeconds / sampledSeconds)) / windowSeconds
}

/** Index of the first time later than `ms`, in a stretch of ascending times; its end when none is. */
function firstAfter(atMs: Float64Array, from: number, to: number, ms: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((atMs[middle] ?? Infinity) > ms) high = middle
    else low = middle + 1
  }
  return low
}
