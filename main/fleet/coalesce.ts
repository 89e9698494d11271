/** Turns bursts of requests into few calls. */
export interface Coalesced {
  request(): void
  now(): void
  stop(): void
}

const callsPerSecond = 4
/** So many calls may follow each other closely after a quiet time. */
const burst = 4
/** A change seldom comes alone. */
const gatherMs = 10

/**
 * Calls shortly after a request: at most four times a second in the long run,
 * but without delay after a quiet time, so that a single change is seen at once.
 */
export function coalesce(call: () => void): Coalesced {
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let tokens = burst
  let countedMs = performance.now()

  function refill(): void {
    const nowMs = performance.now()
    tokens = Math.min(burst, tokens + ((nowMs - countedMs) / 1000) * callsPerSecond)
    countedMs = nowMs
  }

  function now(): void {
    if (timer) clearTimeout(timer)
    timer = null
    refill()
    tokens -= 1
    call()
  }

  return {
    now,
    request() {
      if (stopped || timer) return
      refill()
      const dueMs = tokens >= 1 ? 0 : ((1 - tokens) / callsPerSecond) * 1000
      timer = setTimeout(now, Math.max(gatherMs, dueMs))
    },
    stop() {
      if (timer) clearTimeout(timer)
      timer = null
      stopped = true
    },
  }
}
