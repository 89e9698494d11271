import { expect } from 'vitest'
import type { Graph } from '../../../main/traffic/index.ts'
import type { Rig } from '../../rig/index.ts'
import type { Model } from '../../rig/model/index.ts'
import { askPrometheus } from './prometheus-says.ts'

/**
 * Compares the graph with what the same Prometheis answer to a plain query of
 * our own: every destination's account, response by response, within 1 %.
 * Returns how many were compared.
 */
export async function expectAsPrometheusSays(
  rig: Rig,
  model: Model,
  graph: Graph,
  evaluation: { readonly atMs: number; readonly windowSeconds: number },
): Promise<number> {
  const shown = new Map<string, number>()
  for (const { source, target, protocol, responses } of graph.edges)
    for (const { code, flags, rate } of responses)
      shown.set([placeOf(source), placeOf(target), protocol, code, flags].join(' '), rate)
  let compared = 0
  for (const { name, mesh } of model.topology.clusters) {
    const url = rig.clusters.find((cluster) => cluster.name === name)?.prometheus?.loopbackUrl
    if (url === undefined) throw new Error(`no Prometheus in ${name}`)
    const clusterNamed = (label: string): string | undefined =>
      model.topology.clusters.find(
        (cluster) => cluster.istioClusterId === label && cluster.mesh === mesh,
      )?.name
    const sides = ['source', 'destination'].flatMap((side) =>
      ['cluster', 'workload_namespace', 'workload'].map((part) => `${side}_${part}`),
    )
    const by = [
      ...sides,
      'request_protocol',
      'response_code',
      'grpc_response_status',
      'response_flags',
    ]
    const query = `sum by (${by.join(',')}) (rate(istio_requests_total{reporter=~"destination|waypoint"}[${evaluation.windowSeconds}s])) > 0`
    for (const { labels, value } of await askPrometheus(url, query, evaluation.atMs)) {
      const place = (side: string): string =>
        labels[`${side}_workload`] === 'unknown'
          ? `${name}//unknown`
          : `${clusterNamed(labels[`${side}_cluster`] ?? '')}/${labels[`${side}_workload_namespace`]}/${labels[`${side}_workload`]}`
      // What names no cluster is settled by the other side: the truth tells whether rightly.
      if (labels['source_workload'] !== 'unknown' && labels['source_cluster'] === 'unknown')
        continue
      const code =
        labels['response_code'] === '0'
          ? '-'
          : (labels['grpc_response_status'] ?? labels['response_code'])
      const key = [
        place('source'),
        place('destination'),
        labels['request_protocol'],
        code,
        labels['response_flags'],
      ].join(' ')
      const rate = shown.get(key)
      expect(rate, `${name}: ${key}`).toBeDefined()
      expect(Math.abs((rate ?? 0) - value) / value, `${name}: ${key}`).toBeLessThan(0.01)
      compared++
    }
  }
  return compared
}

/** A node's place without its kind. */
function placeOf(id: string): string {
  return id.slice(id.indexOf(':') + 1)
}

/** The cluster in a node's id. */
export function clusterOf(id: string): string {
  return placeOf(id).split('/')[0] ?? ''
}
