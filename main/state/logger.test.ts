import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger, withoutCredentials } from './logger.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-logger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what may be secret does not reach the log, by field name or by look', () => {
  const file = join(folder, 'logs', 'smm.log')
  const logger = createLogger({ file, level: 'info' })
  logger.info(
    { user: { token: 'hunter2' }, headers: { authorization: 'hunter2' }, password: 'hunter2' },
    'kept',
  )
  logger.error(
    new Error('GET https://me:hunter2@prometheus.example: Bearer hunter2hunter2 refused'),
  )
  logger.debug('below the level')
  const log = readFileSync(file, 'utf8')
  expect(log).toContain('kept')
  expect(log).toContain('prometheus.example')
  expect(log).not.toContain('hunter2')
  expect(log).not.toContain('below the level')
})

test('credentials are blanked in any text', () => {
  expect(withoutCredentials('GET https://u:p4ss@h/x Authorization: Bearer abcdefghijk')).toBe(
    'GET https://[redacted]@h/x Authorization: Bearer [redacted]',
  )
  expect(withoutCredentials('token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln ends')).toBe(
    'token [redacted] ends',
  )
  expect(withoutCredentials('http://plain.example:9090/a@b')).toBe('http://plain.example:9090/a@b')
})
