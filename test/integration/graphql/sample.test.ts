import { parse } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FleetSource } from '../../../main/fleet/index.ts'
import { createExecutor, type Executor } from '../../../main/graphql/index.ts'
import { openRecording } from '../../../main/recording/index.ts'

const sample = new URL('../../../resources/sample.smm-recording', import.meta.url).pathname
let source: FleetSource
let executor: Executor

beforeAll(() => {
  source = openRecording(sample)
  executor = createExecutor(source, { logger: pino({ level: 'silent' }) })
})

afterAll(async () => {
  executor.close()
  await source.close()
})

const query = <T>(text: string, variables: Record<string, unknown> = {}) =>
  executor.query<T, Record<string, unknown>>(parse(text), variables)

test('every thing on the map and in the fleet is found by its id', async () => {
  const { graph, fleet } = await query<{
    graph: { nodes: { id: string; kind: string; name: string; kubernetesKind: string | null }[] }
    fleet: { clusters: { id: string; name: string }[]; meshes: { id: string; name: string }[] }
  }>(`{ graph { nodes { id kind name kubernetesKind } }
        fleet { clusters { id name } meshes { id name } } }`)
  const things = [
    ...graph.nodes.filter(({ kubernetesKind }) => kubernetesKind !== null),
    ...fleet.clusters,
    ...fleet.meshes,
  ]
  expect(things.length).toBeGreaterThan(20)
  for (const { id, name } of things) {
    const { node } = await query<{ node: { id: string; name: string } | null }>(
      `query ($id: ID!) { node(id: $id) { id
         ... on Workload { name } ... on Service { name } ... on Cluster { name } ... on Mesh { name } } }`,
      { id },
    )
    expect(node, id).toEqual({ id, name })
  }
  expect(await query('{ node(id: "workload:nowhere/x/y") { id } }')).toEqual({ node: null })
})

test('what is wrong with a question is said, and nothing of the inside', async () => {
  await expect(query('{ graph(windowSeconds: 5) { at } }')).rejects.toThrow(/from 10 to 86400/)
  await expect(query('{ graph(at: "tomorrow") { at } }')).rejects.toThrow(/2026-01-31T09:30:00Z/)
  await expect(query('mutation { seek(positionMs: 1) { mode } }')).rejects.toThrow(/spans/)
})

test('a seek moves objects and map alike', async () => {
  interface Timeline {
    readonly fromMs: number
    readonly toMs: number
  }
  const { timeline } = await query<{ timeline: Timeline }>('{ timeline { fromMs toMs } }')
  const wanted = Math.round((timeline.fromMs + timeline.toMs) / 2)
  await query('mutation ($to: UnixMilliseconds!) { seek(positionMs: $to) { positionMs } }', {
    to: wanted,
  })
  const { fleet, graph } = await query<{ fleet: { at: string }; graph: { at: string } }>(
    '{ fleet { at } graph { at } }',
  )
  const spanMs = 60_000
  for (const at of [fleet.at, graph.at]) {
    expect(Math.abs(Date.parse(at) - wanted)).toBeLessThan(spanMs)
  }
})
