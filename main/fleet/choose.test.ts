import { expect, test } from 'vitest'
import type { ContextEntry } from '../kube/index.ts'
import { chooseContexts, ContextChoiceError } from './choose.ts'
import { groupByEndpoint, orderPrimary } from './group.ts'

function entry(name: string, fields: Partial<ContextEntry> = {}): ContextEntry {
  return {
    name,
    file: '/config',
    server: 'https://one.example',
    namespace: null,
    endpointKey: name,
    exec: null,
    insecure: false,
    error: null,
    digest: name,
    access: null,
    ...fields,
  }
}
const exec = { exec: { command: 'aws', args: [], env: [], digest: 'd' } }
const many = (count: number, fields: Partial<ContextEntry> = {}): ContextEntry[] =>
  Array.from({ length: count }, (_, index) => entry(`c${index}`, fields))

const choose = (
  entries: readonly ContextEntry[],
  options: Partial<Parameters<typeof chooseContexts>[1]> = {},
) => {
  const { active, paused, notice } = chooseContexts(entries, {
    requested: [],
    chosen: null,
    picker: false,
    execAllowed: () => false,
    ...options,
  })
  return {
    active: active.map(({ name }) => name),
    paused: paused.map((one) => one.entry.name),
    remedies: paused.map(({ remedy }) => remedy),
    notice,
  }
}

test('at first start all contexts, when at most ten and none needs a program', () => {
  expect(choose(many(10))).toMatchObject({ paused: [], notice: null })
  expect(choose(many(10)).active).toHaveLength(10)
  expect(choose([])).toMatchObject({ active: [], paused: [], notice: null })
})

test('otherwise an app shows a picker, with nothing dialled', () => {
  expect(choose(many(11), { picker: true })).toMatchObject({ active: [] })
  expect(choose([entry('a'), entry('b', exec)], { picker: true })).toMatchObject({
    active: [],
    paused: ['a', 'b'],
  })
})

test('otherwise a CLI takes what needs no program and says so', () => {
  const chosen = choose([entry('a'), entry('b', exec)])
  expect(chosen).toMatchObject({ active: ['a'], paused: ['b'] })
  expect(chosen.notice).toContain('1 of 2')
  expect(chosen.remedies[0]).toContain('--allow-exec')
  expect(choose([...many(10), entry('x', exec), entry('y', exec)]).active).toHaveLength(10)
})

test('or has to ask, naming --context', () => {
  expect(() => choose(many(11))).toThrow(ContextChoiceError)
  expect(() => choose(many(11))).toThrow(/--context/)
  expect(() => choose(many(2, exec))).toThrow(/--context/)
})

test('what the user chose is the fleet, the rest is paused', () => {
  expect(choose(many(20), { chosen: ['c3', 'vanished'] })).toMatchObject({
    active: ['c3'],
    notice: null,
  })
  expect(choose(many(20), { chosen: ['c3'] }).paused).toHaveLength(19)
})

test('what was requested is all there is', () => {
  expect(choose(many(20), { requested: ['c3', 'c1', 'c3'] })).toMatchObject({
    active: ['c3', 'c1'],
    paused: [],
  })
  expect(() => choose([entry('a')], { requested: ['b'] })).toThrow(
    /no context named b; there are: a/,
  )
})

test('a program runs only where allowed, however its context was chosen', () => {
  const entries = [entry('a', exec), entry('b', exec)]
  const options = { execAllowed: (one: ContextEntry) => one.name === 'a' }
  expect(choose(entries, { ...options, requested: ['a', 'b'] })).toMatchObject({
    active: ['a'],
    paused: ['b'],
  })
  expect(choose(entries, { ...options, chosen: ['a', 'b'] })).toMatchObject({
    active: ['a'],
    paused: ['b'],
  })
})

test('contexts of one API server are one cluster; the primary one is dialled', () => {
  const entries = [
    entry('a', { endpointKey: 'x' }),
    entry('b', { endpointKey: 'y' }),
    entry('a-admin', { endpointKey: 'x' }),
    entry('broken', { endpointKey: null, error: 'broken' }),
  ]
  const groups = groupByEndpoint(entries)
  expect(groups.map(({ contexts }) => contexts)).toEqual([['a', 'a-admin'], ['b'], ['broken']])
  const [first] = groups
  if (!first) throw new Error('no group')
  expect(orderPrimary(first, { 'some-uid': 'a-admin' })).toMatchObject({
    entry: { name: 'a-admin' },
    contexts: ['a-admin', 'a'],
  })
})
