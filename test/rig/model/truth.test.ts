import { describe, expect, it } from 'vitest'
import { modelTruth } from './index.ts'
import { histogramQuantile } from './latency.ts'
import { calmMs, incidentMs, models, ratesOf, sumOf } from './testing.ts'

describe.each(Object.entries(models))('%s: truth', (_, model) => {
  it.each([calmMs, incidentMs])(
    'is what the emitted counters say, evaluated by hand (%d)',
    (atMs) => {
      const truth = modelTruth(model, atMs, 60)
      const clusterOf = new Map(
        model.topology.clusters.map((cluster) => [cluster.istioClusterId, cluster.name]),
      )
      const ends = new Map<string, number>()
      const add = (key: string, rate: number): void =>
        void ends.set(key, (ends.get(key) ?? 0) + rate)
      for (const cluster of model.topology.clusters)
        for (const { metric, labels, perSecond } of ratesOf(model, cluster.name, atMs)) {
          if (perSecond <= 0 || metric !== 'istio_requests_total') continue
          const told = labels['reporter'] !== 'source'
          const sourceOnly = ['UF', 'UH', 'URX', 'UO', 'UT'].includes(
            labels['response_flags'] ?? '',
          )
          const silent =
            labels['destination_workload'] === 'unknown' ||
            labels['destination_workload'] === 'istio-egressgateway'
          if (!told && !sourceOnly && !silent) continue
          const place = (side: string): string => {
            const name = labels[`${side}_workload`]
            if (name === 'unknown')
              return side === 'source'
                ? `${cluster.name}//unknown`
                : `${cluster.name}/${labels['destination_service_name']}`
            const label = labels[`${side}_cluster`] ?? ''
            const where = label === 'unknown' ? '*' : (clusterOf.get(label) ?? '')
            return `${where}/${labels[`${side}_workload_namespace`]}/${name}`
          }
          const code =
            labels['response_code'] === '0'
              ? '-'
              : (labels['grpc_response_status'] ?? labels['response_code'])
          add(
            `${place('source')} ${place('destination')} ${labels['request_protocol']} ${code} ${labels['response_flags']}`,
            perSecond,
          )
        }
      const node = (id: string): string => {
        const found = truth.nodes.find((candidate) => candidate.id === id)
        if (!found) throw new Error(`no node ${id}`)
        if (found.kind === 'service') return `${found.cluster}/${found.name}`
        return found.kind === 'external' && found.name !== 'unknown'
          ? `${found.cluster}/${found.name}`
          : `${found.cluster}/${found.namespace}/${found.name}`
      }
      const expected = truth.edges.flatMap((edge) =>
        edge.responses.map((response) => ({ edge, ...response })),
      )
      for (const { edge, code, flags, rate } of expected) {
        const exact = `${node(edge.source)} ${node(edge.target)} ${edge.protocol} ${code} ${flags}`
        const anywhere = [...ends.keys()].find((key) => matches(key, exact))
        expect(anywhere, exact).toBeDefined()
        const sum = [...ends].reduce(
          (total, [key, value]) => total + (matches(key, exact) ? value : 0),
          0,
        )
        expect(Math.abs(sum - rate) / rate, exact).toBeLessThan(1e-6)
      }
      expect(ends.size).toBe(expected.length)
    },
  )

  it('has quantiles the emitted histograms give', () => {
    const truth = modelTruth(model, calmMs, 60)
    const cluster = model.topology.clusters[0]?.name ?? ''
    const buckets = ratesOf(
      model,
      cluster,
      calmMs,
      'standard',
      'istio_request_duration_milliseconds_bucket',
    ).filter(({ labels }) => labels['reporter'] === 'destination')
    const pair = buckets.find(
      ({ labels, perSecond }) =>
        perSecond > 0 && labels['source_cluster'] === labels['destination_cluster'],
    )?.labels
    const bounds = [...new Set(buckets.map(({ labels }) => labels['le'] ?? ''))]
      .slice(0, -1)
      .map(Number)
    const cumulative = [...bounds.map(String), '+Inf'].map((le) =>
      sumOf(
        buckets.filter(
          ({ labels }) =>
            labels['le'] === le &&
            [
              'source_workload',
              'source_cluster',
              'destination_workload',
              'destination_workload_namespace',
              'request_protocol',
            ].every((name) => labels[name] === pair?.[name]),
        ),
      ),
    )
    const edge = truth.edges.find(
      ({ source, target, protocol }) =>
        source.endsWith(
          `${cluster}/${pair?.['source_workload_namespace']}/${pair?.['source_workload']}`,
        ) &&
        target.endsWith(
          `${cluster}/${pair?.['destination_workload_namespace']}/${pair?.['destination_workload']}`,
        ) &&
        protocol === pair?.['request_protocol'],
    )
    expect(edge?.latencyMs.p95).toBeCloseTo(histogramQuantile(0.95, bounds, cumulative), 4)
  })

  it('has mTLS as the destinations tell', () => {
    for (const { mtls, source, target } of modelTruth(model, calmMs, 60).edges) {
      if (mtls.ratio === 0) expect(mtls.sourcePrincipals, `${source} ${target}`).toEqual([])
      if (mtls.ratio === 1) expect(mtls.destinationPrincipals.length, `${source} ${target}`).toBe(1)
    }
  })
})

function matches(key: string, exact: string): boolean {
  if (!key.includes('*/')) return key === exact
  const [keySource = '', keyTarget = '', ...keyRest] = key.split(' ')
  const [source = '', target = '', ...rest] = exact.split(' ')
  const same = (pattern: string, text: string): boolean =>
    pattern.startsWith('*/') ? text.endsWith(pattern.slice(1)) : pattern === text
  return same(keySource, source) && same(keyTarget, target) && keyRest.join(' ') === rest.join(' ')
}
