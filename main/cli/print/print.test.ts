import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { formatted, plain } from './output.ts'
import { bytesPerSecond, number, percent, table } from './table.ts'

test('columns line up, numbers to the right, and a row stays one line', () => {
  const rows = [
    { name: 'cart\nv1', rate: 5 },
    { name: 'a', rate: 1234 },
  ]
  expect(
    table(
      [
        { heading: 'NAME', cell: ({ name }: (typeof rows)[number]) => name },
        { heading: 'RATE', cell: ({ rate }) => String(rate), right: true },
      ],
      rows,
    ),
  ).toBe('NAME     RATE\ncart v1     5\na        1234\n')
})

test('what is not known is a dash, never 0', () => {
  expect([number(null), percent(null), bytesPerSecond(null)]).toEqual(['-', '-', '-'])
  expect([number(0), percent(0), bytesPerSecond(0)]).toEqual(['0', '0%', '0 B/s'])
  expect([number(0.012345), number(123.4), percent(0.0215)]).toEqual(['0.0123', '123', '2.15%'])
  expect(bytesPerSecond(1536)).toBe('1.5 KiB/s')
})

test('names cannot move the cursor, colour the terminal or turn text around', () => {
  expect(plain('\u001B[31mred\u001B]0;title\u0007')).toBe('\uFFFD[31mred\uFFFD]0;title\uFFFD')
  expect(plain('a\u202Egnp.exe\rb\u2028c')).toBe('a\uFFFDgnp.exe\uFFFDb\uFFFDc')
})

test('YAML and JSON say the same', () => {
  const answer = { at: '2026-01-31T09:30:00.000Z', nodes: [{ name: 'yes', app: null, list: [] }] }
  const asTable = () => ''
  expect(parse(formatted(answer, 'yaml', asTable))).toEqual(answer)
  expect(JSON.parse(formatted(answer, 'json', asTable))).toEqual(answer)
})
