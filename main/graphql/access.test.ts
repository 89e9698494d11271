import { expect, test } from 'vitest'
import { createAccess } from './access.ts'

test('a code gives a token that is admitted, and nothing else is', () => {
  const access = createAccess()
  const token = access.trade(access.issueCode())
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(access.admits(token ?? '')).toBe(true)
  expect(access.admits('')).toBe(false)
  expect(access.admits(`${token}x`)).toBe(false)
  expect(access.trade('guess')).toBeNull()
})

test('a code that comes twice is refused, and the token it gave is taken back', () => {
  const access = createAccess()
  const other = access.trade(access.issueCode())
  const code = access.issueCode()
  const token = access.trade(code)
  expect(access.trade(code)).toBeNull()
  expect(access.admits(token ?? '')).toBe(false)
  expect(access.admits(other ?? '')).toBe(true)
})

test('a code is worth nothing after a minute', () => {
  let now = 0
  const access = createAccess(() => now)
  const [early, late] = [access.issueCode(), access.issueCode()]
  now = 59_999
  expect(access.trade(early)).not.toBeNull()
  now = 60_000
  expect(access.trade(late)).toBeNull()
})

test('codes and tokens are bounded, the newest stay', () => {
  const access = createAccess()
  const codes = Array.from({ length: 40 }, () => access.issueCode())
  expect(access.trade(codes[0] ?? '')).toBeNull()
  expect(access.trade(codes.at(-1) ?? '')).not.toBeNull()
  const tokens = Array.from({ length: 300 }, () => access.trade(access.issueCode()) ?? '')
  expect(access.admits(tokens[0] ?? '')).toBe(false)
  expect(access.admits(tokens.at(-1) ?? '')).toBe(true)
})
