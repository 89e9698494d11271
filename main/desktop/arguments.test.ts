import { expect, it } from 'vitest'
import { sourceFlags } from './arguments.ts'

it('hands on source flags and nothing else', () => {
  expect(
    sourceFlags([
      '/opt/smm/smm',
      '--no-sandbox',
      '--sample',
      '--context',
      'east',
      '--context=west',
      '--prometheus=east=http://p:9090/x?a=b',
      '--remote-debugging-port=0',
      '.',
    ]),
  ).toEqual([
    '--sample',
    '--context',
    'east',
    '--context',
    'west',
    '--prometheus',
    'east=http://p:9090/x?a=b',
  ])
})
