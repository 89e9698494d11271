import { expect, test } from 'vitest'
import {
  formatAgo,
  formatBytesRate,
  formatCount,
  formatDuration,
  formatLatency,
  formatPlural,
  formatRate,
  formatRatio,
} from './format.ts'

test('what is not known is never 0', () => {
  for (const format of [formatCount, formatRate, formatBytesRate, formatRatio, formatLatency]) {
    expect(format(null)).toBe('–')
    expect(format(0)).toMatch(/^0/)
  }
})

test('rates keep three digits, and little is not nothing', () => {
  expect([12.345, 0.1234, 0.001, 1234.5, 999].map(formatRate)).toEqual([
    '12.3/s',
    '0.123/s',
    '<0.01/s',
    '1,235/s',
    '999/s',
  ])
})

test('bytes go up in thousands', () => {
  expect([999, 999.6, 1234, 5e6, 2.5e13].map(formatBytesRate)).toEqual([
    '999 B/s',
    '1 kB/s',
    '1.23 kB/s',
    '5 MB/s',
    '25 TB/s',
  ])
})

test('a share that is neither none nor all never looks like it', () => {
  expect([0, 1, 0.00001, 0.99999, 0.0123, 0.18, 0.999].map(formatRatio)).toEqual([
    '0 %',
    '100 %',
    '<0.01 %',
    '>99.9 %',
    '1.23 %',
    '18 %',
    '99.9 %',
  ])
})

test('latencies and spans of time read as people say them', () => {
  expect([4.21, 999, 1500].map(formatLatency)).toEqual(['4.21 ms', '999 ms', '1.5 s'])
  expect([-5, 40, 180, 7500, 7200, 90_000, 86_400 * 9].map(formatDuration)).toEqual([
    '0 s',
    '40 s',
    '3 min',
    '2 h 5 min',
    '2 h',
    '1 d 1 h',
    '9 d',
  ])
  const now = Date.parse('2026-01-31T10:00:00Z')
  expect(formatAgo('2026-01-31T09:59:59Z', now)).toBe('just now')
  expect(formatAgo('2026-01-31T09:57:00Z', now)).toBe('3 min ago')
})

test('one is not many', () => {
  expect([formatPlural(1, 'mesh', 'meshes'), formatPlural(2, 'mesh', 'meshes')]).toEqual([
    '1 mesh',
    '2 meshes',
  ])
})
