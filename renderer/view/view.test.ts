import { describe, expect, test } from 'vitest'
import { nextConnection } from './connection.ts'
import type { Connection } from './store.ts'
import { parseThemeChoice, resolveTheme } from './theme.ts'

describe('the connection', () => {
  test('is away since the first loss, however many tries fail after it', () => {
    let state: Connection = { state: 'connected' }
    state = nextConnection(state, 'lost', 1_000)
    for (const [event, now] of [
      ['connecting', 2_000],
      ['lost', 3_000],
    ] as const) {
      state = nextConnection(state, event, now)
    }
    expect(state).toEqual({ state: 'away', sinceMs: 1_000 })
    expect(nextConnection(state, 'connected', 4_000)).toEqual({ state: 'connected' })
  })

  test('ends when the bearer is refused, until a new one is accepted', () => {
    const ended = nextConnection({ state: 'connected' }, 'refused', 1)
    expect(ended).toEqual({ state: 'ended' })
    expect(nextConnection(ended, 'lost', 2)).toEqual({ state: 'ended' })
    expect(nextConnection(ended, 'connecting', 2)).toEqual({ state: 'ended' })
    expect(nextConnection(ended, 'connected', 3)).toEqual({ state: 'connected' })
  })
})

test('the theme follows the choice, and the system where that is chosen or nothing sensible is kept', () => {
  expect(['dark', 'light', 'system', 'mauve', null].map(parseThemeChoice)).toEqual([
    'dark',
    'light',
    'system',
    'system',
    'system',
  ])
  expect(resolveTheme('system', true)).toBe('dark')
  expect(resolveTheme('light', true)).toBe('light')
})
