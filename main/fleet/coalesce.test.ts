import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a change after a quiet time is passed on at once, with what came along', () => {
  const call = vi.fn()
  const coalesced = coalesce(call)
  coalesced.request()
  coalesced.request()
  expect(call).toHaveBeenCalledTimes(0)
  vi.advanceTimersByTime(10)
  expect(call).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(60_000)
  expect(call).toHaveBeenCalledTimes(1)
})

test('a storm of changes becomes four calls a second, and its last change is not lost', () => {
  const call = vi.fn()
  const coalesced = coalesce(call)
  for (let ms = 0; ms < 10_000; ms++) {
    coalesced.request()
    vi.advanceTimersByTime(1)
  }
  expect(call.mock.calls.length).toBeGreaterThanOrEqual(40)
  expect(call.mock.calls.length).toBeLessThanOrEqual(45)
  const before = call.mock.calls.length
  vi.advanceTimersByTime(250)
  expect(call.mock.calls.length).toBe(before + 1)
})

test('nothing is called after stop', () => {
  const call = vi.fn()
  const coalesced = coalesce(call)
  coalesced.request()
  coalesced.stop()
  coalesced.request()
  vi.advanceTimersByTime(1_000)
  expect(call).not.toHaveBeenCalled()
})
