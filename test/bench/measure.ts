/** One measured ratio. */
export interface Ratio {
  readonly name: string
  /** Milliseconds of ours and of the floor, in one and the same run. */
  readonly ours: number
  readonly floor: number
  readonly floorName: string
  /** What the ratio may be at most. */
  readonly limit: number
}

/** Prints one line; a ratio above its limit makes the run fail. */
export function report({ name, ours, floor, floorName, limit }: Ratio): void {
  const ratio = ours / floor
  const isFine = ratio <= limit
  if (!isFine) process.exitCode = 1
  const figures = `${ours.toFixed(1)} ms / ${floor.toFixed(1)} ms (${floorName})`
  console.log(
    `${isFine ? 'ok  ' : 'SLOW'} ${ratio.toFixed(2)} (at most ${limit}) ${name}: ${figures}`,
  )
}

/**
 * What work costs this process in CPU time, garbage collection included: for
 * what waits for nothing it says the same as the clock, whatever else the
 * machine does meanwhile.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
