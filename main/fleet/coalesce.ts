/** Turns bursts of requests into calls that are at least a quarter second apart; the first comes at once. */
export interface Coalesced {
  request(): void
  now(): void
  stop(): void
}

const leastGapMs = 250
/** A change seldom comes alone. */
const gatherMs = 10

/** See `Coalesced`. */
export function coalesce(call: () => void): Coalesced {
  let timer: NodeJS.Timeout | null = null
  let lastMs = Number.NEGATIVE_INFINITY
  let stopped = false
  function now(): void {
    if (timer) clearTimeout(timer)
    timer = null
    lastMs = performance.now()
    call()
  }
  return {
    now,
    request() {
      if (stopped) return
      timer ??= setTimeout(now, Math.max(gatherMs, lastMs + leastGapMs - performance.now()))
    },
    stop() {
      if (timer) clearTimeout(timer)
      timer = null
      stopped = true
    },
  }
}
