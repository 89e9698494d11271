import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { createExecutor } from './executor.ts'
import { clusterStatus, createMemorySource } from './memory-source.ts'

const atDocument: TypedDocumentNode<
  { readonly fleet: { readonly at: string } },
  Record<string, never>
> = parse('{ fleet { at } }')

afterEach(() => {
  vi.useRealTimers()
})

test('the fleet is of now, however long ago it last changed: ages are told from it', async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] })
  const source = createMemorySource([clusterStatus('east')])
  const executor = createExecutor(source, { logger: pino({ level: 'silent' }) })
  vi.setSystemTime(Date.UTC(2026, 0, 1, 9))
  expect((await executor.query(atDocument, {})).fleet.at).toBe('2026-01-01T09:00:00.000Z')
  source.setTimeline({
    mode: 'recording',
    positionMs: 300_000,
    fromMs: 0,
    toMs: 600_000,
    stepSeconds: 15,
    loop: false,
    title: 'incident',
  })
  expect((await executor.query(atDocument, {})).fleet.at).toBe('1970-01-01T00:05:00.000Z')
  executor.close()
})
