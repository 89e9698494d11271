import { describe, expect, it } from 'vitest'

import { clusterSeries, edgesAnswer } from './index.ts'
import { allRates, calmMs, incidentMs, models, ratesOf, sumOf } from './testing.ts'

describe.each(Object.entries(models))('%s: counters', (_, model) => {
  it('never decrease', () => {
    for (const { name } of model.topology.clusters) {
      const series = clusterSeries(model, name, 'standard')
      let before = series.valuesAt(calmMs)
      for (let step = 1; step <= 25; step++) {
        const after = series.valuesAt(calmMs + step * 34_700)
        expect(after.findIndex((value, index) => value < (before[index] ?? 0))).toBe(-1)
        before = after
      }
    }
  })

  it('have cumulative buckets that end in their count', () => {
    for (const { name } of model.topology.clusters) {
      const { names, valuesAt } = clusterSeries(model, name, 'standard')
      let bucket = 0
      const wrong = valuesAt(calmMs).findIndex((value, row) => {
        const series = names[row] ?? ''
        if (series.includes('_count{')) return value !== bucket
        if (!series.includes('_bucket{')) return false
        const isFirst = series.includes('le="0.5"') || !series.includes('_milliseconds_')
        const isWrong = !isFirst && value < bucket
        bucket = value
        return isWrong
      })
      expect(names[wrong]).toBeUndefined()
    }
  })
})

describe.each(Object.entries(models))('%s: balance', (_, model) => {
  const rates = allRates(model, incidentMs).filter(({ metric }) =>
    ['istio_requests_total', 'istio_tcp_connections_opened_total'].includes(metric),
  )
  const proxied = rates.filter(({ labels }) => labels['app'] !== 'ztunnel')

  it('both reporters tell the same of what arrived', () => {
    const ends = (reporter: string): Map<string, number> => {
      const sums = new Map<string, number>()
      for (const { labels, perSecond } of proxied) {
        const known =
          labels['source_workload'] !== 'unknown' && labels['destination_workload'] !== 'unknown'
        const unsettled =
          labels['source_cluster'] === 'unknown' || labels['destination_cluster'] === 'unknown'
        if (labels['reporter'] !== reporter || !known || unsettled) continue
        const key = ['source', 'destination']
          .flatMap((side) =>
            ['cluster', 'workload_namespace', 'workload'].map((part) => labels[`${side}_${part}`]),
          )
          .concat(
            labels['destination_service'],
            labels['request_protocol'],
            labels['response_code'],
          )
          .concat(labels['grpc_response_status'], labels['response_flags'])
          .join('|')
        sums.set(key, (sums.get(key) ?? 0) + perSecond)
      }
      return sums
    }
    const source = ends('source')
    let compared = 0
    for (const [key, arrived] of ends('destination')) {
      const sent = source.get(key)
      if (sent === undefined) continue
      compared++
      expect(sent).toBeCloseTo(arrived, 6)
    }
    expect(compared).toBeGreaterThan(20)
  })

  it('what a workload sends is the same multiple of what arrived, in calm and in trouble', () => {
    const multiple = (atMs: number): Map<string, number> => {
      const arrived = new Map<string, number>()
      const sent = new Map<string, number>()
      for (const { metric, labels, perSecond } of allRates(model, atMs)) {
        if (metric !== 'istio_requests_total' && metric !== 'istio_tcp_connections_opened_total')
          continue
        const side = labels['reporter'] === 'source' ? 'source' : 'destination'
        const to = side === 'source' ? sent : arrived
        if (labels['app'] === 'ztunnel' || labels['reporter'] === 'waypoint') continue
        const key = `${labels['pod']?.replace(/-[a-z0-9]{7}$/, '')} ${labels['namespace']} ${labels[`${side}_cluster`]}`
        to.set(key, (to.get(key) ?? 0) + perSecond)
      }
      return new Map(
        [...sent].flatMap(([key, rate]) => {
          const inbound = arrived.get(key)
          return inbound === undefined || key.includes('unknown')
            ? []
            : [[key, rate / inbound] as const]
        }),
      )
    }
    const calm = multiple(calmMs)
    expect(calm.size).toBeGreaterThan(5)
    for (const [key, ratio] of multiple(incidentMs))
      expect(ratio, key).toBeCloseTo(calm.get(key) ?? -1, 4)
  })
})

describe('columns', () => {
  it('say what the counters say, the source only what no destination told', () => {
    for (const [, model] of Object.entries(models))
      for (const { name } of model.topology.clusters) {
        const { requests } = edgesAnswer(model, name, {
          atMs: calmMs,
          windowSeconds: 60,
          identity: 'full',
        })
        const label = (column: string, row: number): string => {
          const found = requests.labels[column]
          return found?.dictionary[found.codes[row] ?? 0] ?? ''
        }
        const rates = ratesOf(model, name, calmMs).filter(
          ({ metric }) => metric === 'istio_requests_total',
        )
        for (const reporter of ['destination', 'waypoint']) {
          let sum = 0
          for (let row = 0; row < requests.rowCount; row++)
            if (label('reporter', row) === reporter) sum += requests.values['rate']?.[row] ?? 0
          expect(sum).toBeCloseTo(
            sumOf(rates.filter(({ labels }) => labels['reporter'] === reporter)),
            5,
          )
        }
      }
  })
})
