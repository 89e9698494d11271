/**
 * An async iterator over the newest of many values: who reads slowly misses
 * values in between, never the last one. `start` is called at the first
 * `next()` with where to put values; what it returns is called when reading
 * ends. Unlike an async generator it ends at once on `return()`, also while a
 * reader waits.
 */
export function latest<T>(
  start: (put: (value: T) => void) => () => void,
): AsyncIterableIterator<T, undefined, undefined> {
  type Result = IteratorResult<T, undefined>
  let state: 'new' | 'open' | 'closed' = 'new'
  let stop: (() => void) | undefined
  let newest: { readonly value: T } | undefined
  let reader: ((result: Result) => void) | undefined

  const put = (value: T) => {
    if (state === 'closed') return
    if (reader === undefined) {
      newest = { value }
      return
    }
    const give = reader
    reader = undefined
    give({ value, done: false })
  }

  const close = () => {
    if (state === 'closed') return
    state = 'closed'
    newest = undefined
    stop?.()
    reader?.({ value: undefined, done: true })
    reader = undefined
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (state === 'closed') return Promise.resolve({ value: undefined, done: true })
      if (reader !== undefined) return Promise.reject(new Error('One reader at a time.'))
      if (state === 'new') {
        state = 'open'
        try {
          stop = start(put)
        } catch (error) {
          close()
          return Promise.reject(error)
        }
      }
      if (newest !== undefined) {
        const { value } = newest
        newest = undefined
        return Promise.resolve({ value, done: false })
      }
      return new Promise<Result>((resolve) => {
        reader = resolve
      })
    },
    return() {
      close()
      return Promise.resolve({ value: undefined, done: true })
    },
    throw(error) {
      close()
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    },
  }
}

/** Each value through a function, in order; ends at once with what it reads. */
export function eachOf<T, R>(
  values: AsyncIterator<T, unknown>,
  change: (value: T) => R,
): AsyncIterableIterator<R, undefined, undefined> {
  const through = (result: IteratorResult<T, unknown>): IteratorResult<R, undefined> =>
    result.done === true
      ? { value: undefined, done: true }
      : { value: change(result.value), done: false }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => values.next().then(through),
    async return() {
      await values.return?.()
      return { value: undefined, done: true }
    },
  }
}
