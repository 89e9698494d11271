import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { edgeId } from './diff.ts'
import type { Graph } from './graph.ts'
import { answerOf, graphOf, type TestRow } from './testing.ts'

const workloads = ['n/web', 'n/api', 'm/db', 'unknown/unknown'] as const
const clusters = ['c1', 'c2'] as const

interface Call extends TestRow {
  readonly reporter: 'source' | 'destination'
  readonly home: string
}

/** What proxies of two clusters could report, odd labels included. */
const call: fc.Arbitrary<Call> = fc
  .record({
    fromCluster: fc.constantFrom(...clusters),
    toCluster: fc.constantFrom(...clusters, 'unknown'),
    from: fc.constantFrom(...workloads),
    to: fc.constantFrom(...workloads),
    reporter: fc.constantFrom('source' as const, 'destination' as const),
    host: fc.constantFrom('api.n.svc', 'db.m.svc', 'x.example'),
    code: fc.constantFrom('200', '503', '0'),
    flags: fc.constantFrom('-', 'UF'),
    mtls: fc.boolean(),
    rate: fc.integer({ min: 1, max: 1000 }),
  })
  .filter(({ reporter, from, to, toCluster }) =>
    reporter === 'source'
      ? from !== 'unknown/unknown'
      : to !== 'unknown/unknown' && toCluster !== 'unknown',
  )
  .map(({ fromCluster, toCluster, from, to, ...rest }) => ({
    ...rest,
    from: `${fromCluster}/${from}`,
    to: `${to === 'unknown/unknown' ? 'unknown' : toCluster}/${to}`,
    home: rest.reporter === 'source' ? fromCluster : toCluster,
  }))

const calls = fc.array(call, { maxLength: 40 })

/** Every label set once, as a Prometheus answers, in the answers of two clusters. */
function answersOf(rows: readonly Call[]) {
  const distinct = [
    ...new Map(rows.map((row) => [JSON.stringify({ ...row, rate: 0 }), row])).values(),
  ]
  return clusters.map((name) => {
    const own = distinct.filter(({ home }) => home === name)
    return { name, own, tcp: own.filter(({ code, flags }) => code === '200' && flags === '-') }
  })
}

function graphOfCalls(rows: readonly Call[]): Graph {
  return graphOf(answersOf(rows).map(({ name, own, tcp }) => answerOf(name, [name], own, tcp)))
}

/** Sums in another order differ in their last digits. */
function rounded(graph: Graph): unknown {
  return JSON.parse(
    JSON.stringify(graph, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  )
}

it('depends neither on the order of answers nor on that of rows', () => {
  fc.assert(
    fc.property(calls, fc.integer(), (rows, seed) => {
      const shuffled = rows
        .map((row, at) => ({ row, key: Math.imul(at + 1, seed | 1) }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ row }) => row)
      const forward = answersOf(rows).map(({ name, own, tcp }) => answerOf(name, [name], own, tcp))
      // The same label set twice keeps its last rate: only distinct rows are shuffled.
      fc.pre(new Set(rows.map((row) => JSON.stringify({ ...row, rate: 0 }))).size === rows.length)
      const backward = answersOf(shuffled)
        .map(({ name, own, tcp }) => answerOf(name, [name], own, tcp))
        .toReversed()
      expect(rounded(graphOf(backward))).toEqual(rounded(graphOf(forward)))
    }),
  )
})

it('shows no edge and no node twice, and only edges between its nodes', () => {
  fc.assert(
    fc.property(calls, (rows) => {
      const { nodes, edges } = graphOfCalls(rows)
      const ids = new Set(nodes.map(({ id }) => id))
      expect(ids.size).toBe(nodes.length)
      expect(new Set(edges.map(edgeId)).size).toBe(edges.length)
      for (const { source, target } of edges)
        expect([ids.has(source), ids.has(target)]).toEqual([true, true])
    }),
  )
})

it('gives every edge the sum of its responses, and ratios between 0 and 1', () => {
  fc.assert(
    fc.property(calls, (rows) => {
      for (const { requestRate, responses, errorRatio, mtls } of graphOfCalls(rows).edges) {
        if (requestRate === null) continue
        expect(responses.reduce((sum, { rate }) => sum + rate, 0)).toBeCloseTo(requestRate, 6)
        for (const ratio of [errorRatio, mtls.ratio]) {
          if (ratio !== null) expect(ratio >= 0 && ratio <= 1).toBe(true)
        }
      }
    }),
  )
})

it('keeps all that destinations answered, and nothing that nobody told', () => {
  fc.assert(
    fc.property(calls, (rows) => {
      const { edges } = graphOfCalls(rows)
      const shown = edges.reduce((sum, { requestRate }) => sum + (requestRate ?? 0), 0)
      const told = answersOf(rows).flatMap(({ own }) => own)
      const sumOf = (some: readonly TestRow[]) => some.reduce((sum, { rate }) => sum + rate, 0)
      const answered = told.filter(({ reporter }) => reporter === 'destination')
      expect(shown).toBeGreaterThanOrEqual(sumOf(answered) - 1e-6)
      expect(shown).toBeLessThanOrEqual(sumOf(told) + 1e-6)
    }),
  )
})

it('keeps the total where every request is told by both sides', () => {
  const both = fc.array(
    call.filter(({ from, to }) => !from.includes('unknown') && !to.includes('unknown')),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(both, (rows) => {
      const distinct = [
        ...new Map(
          rows.map((row) => [
            JSON.stringify({ ...row, rate: 0, reporter: '', home: '', mtls: 0 }),
            row,
          ]),
        ).values(),
      ]
      const told = distinct.flatMap((row): Call[] => [
        { ...row, reporter: 'source', home: row.from.slice(0, 2) },
        { ...row, reporter: 'destination', home: row.to.slice(0, 2) },
      ])
      const shown = graphOfCalls(told).edges.reduce((sum, edge) => sum + (edge.requestRate ?? 0), 0)
      expect(shown).toBeCloseTo(
        distinct.reduce((sum, { rate }) => sum + rate, 0),
        6,
      )
    }),
  )
})

it('is the same when an endpoint’s answer comes in two pieces', () => {
  fc.assert(
    fc.property(calls, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (rows, coins) => {
      const whole = answersOf(rows)
      const split = whole.flatMap(({ name, own, tcp }) =>
        [true, false].map((side) =>
          answerOf(
            name,
            [name],
            own.filter((_, at) => coins[at] === side),
            tcp.filter((_, at) => coins[at] === side),
          ),
        ),
      )
      expect(rounded(graphOf(split))).toEqual(rounded(graphOfCalls(rows)))
    }),
  )
})
