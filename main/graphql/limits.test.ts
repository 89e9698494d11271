import { expect, test } from 'vitest'
import { pino } from 'pino'
import { createOperations } from './operations.ts'
import { createSchema } from './schema.ts'

const schema = createSchema()
const strict = createOperations({ logger: pino({ level: 'silent' }), introspection: false })
const problems = (query: string, operations = strict) =>
  operations.validate(schema, operations.parse(query)).map(({ message }) => message)

const edges = `edges { source target protocol requestRate errorRatio
  bytesPerSecond { sent received } latencyMs { p50 p90 p95 p99 }
  mtls { ratio sourcePrincipals destinationPrincipals } responses { code flags rate hosts } }`

test('the largest honest operation passes', () => {
  expect(
    problems(`{ graph { at ${edges} nodes { id health { status reasons { message value } } } }
      fleet { clusters { name mesh { clusters { name } } } } }`),
  ).toEqual([])
})

test('lists within lists are refused by their cost, through fragments too', () => {
  const nested =
    '{ fleet { clusters { mesh { clusters { mesh { clusters { mesh { clusters { name } } } } } } } } }'
  expect(problems(nested)).toEqual([expect.stringMatching(/costs \d+/)])
  expect(
    problems(`{ fleet { clusters { ...a } } }
      fragment a on Cluster { mesh { clusters { ...b } } }
      fragment b on Cluster { mesh { clusters { ...c } } }
      fragment c on Cluster { mesh { clusters { name } } }`),
  ).toEqual([expect.stringMatching(/costs \d+/)])
})

test('one operation cannot ask for many maps under other names', () => {
  const many = Array.from({ length: 20 }, (_, index) => `g${index}: graph { ${edges} }`).join(' ')
  expect(() => problems(`{ ${many} }`)).not.toThrow()
  expect(problems(`{ ${many} }`)).toEqual([expect.stringMatching(/costs \d+/)])
})

test('depth is limited, and fragments that spread themselves end', () => {
  const deep = (levels: number): string =>
    levels === 0 ? 'id' : `... on Mesh { clusters { mesh { ${deep(levels - 1)} } } }`
  expect(problems(`{ node(id: "x") { ${deep(6)} } }`).join()).toMatch(/levels deep/)
  expect(problems('{ fleet { ...a } } fragment a on Fleet { at ...a }').join()).toMatch(/itself/)
})

test('documents of thousands of tokens are not even parsed', () => {
  expect(() => strict.parse(`{ ${'timeline { mode } '.repeat(600)} }`)).toThrow(/tokens/)
})

test('the schema is told in development only', () => {
  const question = '{ __schema { types { name } } }'
  expect(problems(question).join()).toMatch(/introspection/)
  const open = createOperations({ logger: pino({ level: 'silent' }), introspection: true })
  expect(problems(question, open)).toEqual([])
})
