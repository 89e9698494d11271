import type { FleetSnapshot, FleetSource } from './source.ts'

/**
 * Waits until every cluster of a source has either been read or has said why
 * not, and its telemetry is known, or until the time is up; gives the snapshot
 * of that moment. For callers that print once and go.
 */
export function whenSettled(
  source: FleetSource,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<FleetSnapshot> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const timer = setTimeout(finish, timeoutMs)
    const unsubscribe = source.subscribe(check)
    const abort = (): void => {
      stop()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort)
    function stop(): void {
      clearTimeout(timer)
      unsubscribe()
      signal?.removeEventListener('abort', abort)
    }
    function finish(): void {
      stop()
      resolve(source.snapshot())
    }
    function check(): void {
      if (settled(source.snapshot())) finish()
    }
    check()
  })
}

function settled({ clusters }: FleetSnapshot): boolean {
  return clusters.every(({ status: { state, telemetry } }) => {
    if (state === 'connecting') return false
    return telemetry.state !== 'unknown' || (state !== 'ready' && state !== 'degraded')
  })
}
