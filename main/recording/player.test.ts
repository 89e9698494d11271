import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPlayer } from './player.ts'

const stepsMs = [1000, 11_000, 21_000]
const player = (loop: boolean) => createPlayer({ stepsMs, loop, now: Date.now })

describe('a player', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 5_000_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('lets recorded time pass as real time does, and stops at the end', () => {
    const played = player(false)
    expect(played.positionMs()).toBe(1000)
    vi.advanceTimersByTime(4000)
    expect(played.positionMs()).toBe(5000)
    vi.advanceTimersByTime(100_000)
    expect(played.positionMs()).toBe(21_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells of every step reached, once, and of none at the end', () => {
    const played = player(false)
    const seen: number[] = []
    played.subscribe(() => seen.push(played.positionMs()))
    vi.advanceTimersByTime(100_000)
    expect(seen).toEqual([11_000, 21_000])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('starts again when looped', () => {
    const played = player(true)
    const seen: number[] = []
    played.subscribe(() => seen.push(played.positionMs()))
    vi.advanceTimersByTime(45_000)
    expect(seen).toEqual([11_000, 1000, 11_000, 1000])
    expect(played.positionMs()).toBe(6000)
  })

  it('seeks within the recording, tells of it, and plays on', () => {
    const played = player(false)
    const seen: number[] = []
    played.subscribe(() => seen.push(played.positionMs()))
    played.seek(9000)
    vi.advanceTimersByTime(2000)
    played.seek(99_000)
    played.seek(-5)
    expect(seen).toEqual([9000, 11_000, 21_000, 1000])
  })

  it('costs nothing while nobody listens', () => {
    const played = player(true)
    const stop = played.subscribe(() => undefined)
    expect(vi.getTimerCount()).toBe(1)
    stop()
    expect(vi.getTimerCount()).toBe(0)
    played.subscribe(() => undefined)
    played.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stays where a recording of one step is', () => {
    const played = createPlayer({ stepsMs: [1000], loop: true, now: Date.now })
    played.subscribe(() => undefined)
    vi.advanceTimersByTime(60_000)
    expect(played.positionMs()).toBe(1000)
  })
})
