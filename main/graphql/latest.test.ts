import { expect, test, vi } from 'vitest'
import { eachOf, latest } from './latest.ts'

test('a slow reader gets the newest value and misses those in between', async () => {
  let put: (value: number) => void = () => undefined
  const values = latest<number>((give) => {
    put = give
    put(1)
    return () => undefined
  })
  expect(await values.next()).toEqual({ value: 1, done: false })
  put(2)
  put(3)
  expect(await values.next()).toEqual({ value: 3, done: false })
  const waiting = values.next()
  put(4)
  expect(await waiting).toEqual({ value: 4, done: false })
})

test('return ends a waiting reader at once and stops the source, once', async () => {
  const stop = vi.fn()
  const values = eachOf(
    latest<number>(() => stop),
    (value) => value,
  )
  const waiting = values.next()
  await values.return?.()
  await values.return?.()
  expect(await waiting).toEqual({ value: undefined, done: true })
  expect(await values.next()).toEqual({ value: undefined, done: true })
  expect(stop).toHaveBeenCalledTimes(1)
})

test('nothing starts before the first read, and a source that fails to start says so', async () => {
  const start = vi.fn(() => {
    throw new Error('no')
  })
  const values = latest<number>(start)
  expect(start).not.toHaveBeenCalled()
  await expect(values.next()).rejects.toThrow('no')
  expect(await values.next()).toEqual({ value: undefined, done: true })
})
