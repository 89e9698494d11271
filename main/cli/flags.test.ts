import { Command } from 'commander'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { worstExit } from './exit.ts'
import { addGlobalFlags, parseAt, parsePrometheus, parseWindow, type GlobalFlags } from './flags.ts'

test('windows are whole seconds within the allowed span', () => {
  expect(['10s', '60s', '5m', '24h'].map((text) => parseWindow(text))).toEqual([
    10, 60, 300, 86_400,
  ])
  for (const wrong of ['', '60', '9s', '25h', '1d', '-5m', '1.5m', '5m ', 'm']) {
    expect(() => parseWindow(wrong), wrong).toThrow('Write it as')
  }
})

test('times need an offset', () => {
  expect(parseAt('2026-01-31T10:30:00+01:00')).toBe('2026-01-31T09:30:00.000Z')
  for (const wrong of ['', 'now', '2026-01-31T09:30:00', '2026-13-31T09:30:00Z', 'Z']) {
    expect(() => parseAt(wrong), wrong).toThrow('Write it as')
  }
})

test('a Prometheus is of a context or of the fleet, whatever the names hold', () => {
  const { context, url } = parsePrometheus('a=b=http://p:9090/x?y=https://z', [])[0] ?? {}
  expect([context, url]).toEqual(['a=b', 'http://p:9090/x?y=https://z'])
  fc.assert(
    fc.property(
      fc.option(fc.string({ minLength: 1 }).filter((name) => !name.includes('http'))),
      fc.webUrl({ withQueryParameters: true }),
      (context, url) => {
        const text = context === null ? url : `${context}=${url}`
        expect(parsePrometheus(text, [])).toEqual([{ context, url: new URL(url).href }])
      },
    ),
    { numRuns: 30 },
  )
  for (const wrong of ['', 'east=', '=http://p', 'east=file:///etc/passwd', 'p:9090']) {
    expect(() => parsePrometheus(wrong, []), wrong).toThrow('Write it as')
  }
})

test('source flags repeat and stand before or after the command', () => {
  const program = addGlobalFlags(new Command('smm')).exitOverride()
  let seen: GlobalFlags | undefined
  program.command('fleet').action((_flags: unknown, command: Command) => {
    seen = command.optsWithGlobals<GlobalFlags>()
  })
  program.parse(['--context', 'east', 'fleet', '--context', 'west', '-o', 'json'], { from: 'user' })
  expect(seen).toMatchObject({ context: ['east', 'west'], prometheus: [], output: 'json' })
})

test('the most telling exit code wins', () => {
  expect(worstExit(1, 0, 3)).toBe(3)
  expect(worstExit(3, 4, 1)).toBe(4)
  expect(worstExit(4, 2)).toBe(2)
  expect(worstExit()).toBe(0)
})
