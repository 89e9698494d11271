/** Walks through recorded time as real time passes. */
export interface Player {
  /** Where it is now, in recorded time. */
  positionMs(): number
  /** Goes to a moment, held within the recording, and plays on from there. */
  seek(positionMs: number): void
  /** Calls the listener whenever another step is reached; returns how to stop. */
  subscribe(listener: () => void): () => void
  close(): void
}

/** What a player plays, and the clock it follows. */
export interface Reel {
  /** Times of the recorded steps, ascending, at least one. */
  readonly stepsMs: readonly number[]
  /** Start again after the last step. */
  readonly loop: boolean
  /** The clock of real time, Unix milliseconds. */
  readonly now: () => number
}

/** A player that starts at the first step, at once. */
export function createPlayer({ stepsMs, loop, now }: Reel): Player {
  const begin = stepsMs[0] ?? 0
  const end = stepsMs.at(-1) ?? begin
  const length = end - begin
  const listeners = new Set<() => void>()
  /** At real time `since` the player was at `from`. */
  let from = begin
  let since = now()
  let timer: NodeJS.Timeout | undefined

  function positionMs(): number {
    const played = from - begin + Math.max(0, now() - since)
    if (played < length) return begin + played
    return loop && length > 0 ? begin + (played % length) : end
  }

  /** Real time until the next step is reached; null at the end of what is not looped. */
  function untilNextStep(): number | null {
    const position = positionMs()
    const next = stepsMs.find((step) => step > position)
    if (next !== undefined) return next - position
    return loop && length > 0 ? end - position : null
  }

  /** The longest wait a timer can have. */
  const longestMs = 2 ** 31 - 1

  function schedule(): void {
    clearTimeout(timer)
    timer = undefined
    const wait = listeners.size > 0 ? untilNextStep() : null
    if (wait === null) return
    const isReached = wait <= longestMs
    timer = setTimeout(
      () => {
        if (isReached) for (const listener of listeners) listener()
        schedule()
      },
      Math.min(longestMs, Math.max(1, Math.ceil(wait))),
    )
    // A player never keeps a process alive that has nothing else to do.
    timer.unref()
  }

  return {
    positionMs,
    seek(target) {
      from = Math.min(end, Math.max(begin, target))
      since = now()
      for (const listener of listeners) listener()
      schedule()
    },
    subscribe(listener) {
      const own = () => listener()
      listeners.add(own)
      if (listeners.size === 1) schedule()
      return () => {
        listeners.delete(own)
        if (listeners.size === 0) schedule()
      }
    },
    close() {
      listeners.clear()
      schedule()
    },
  }
}
