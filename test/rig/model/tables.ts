import type { EdgesAnswer, LabelColumn, Table } from '../../../main/prom/index.ts'
import { basisRates, dot } from './clock.ts'
import type { Model } from './model.ts'
import type { SeriesGroup } from './series.ts'

/** When to evaluate, and whether app and version are among the labels, as in the `edges` question. */
export interface TableOptions {
  readonly atMs: number
  readonly windowSeconds: number
  readonly identity: 'lean' | 'full'
}

const workloadLabels: readonly string[] = ['source', 'destination'].flatMap((side) => [
  `${side}_cluster`,
  `${side}_workload_namespace`,
  `${side}_workload`,
])
const canonicalLabels: readonly string[] = ['source', 'destination'].flatMap((side) => [
  `${side}_canonical_service`,
  `${side}_canonical_revision`,
])
const responseLabels = [
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
]
const serviceLabels = ['destination_service_namespace', 'destination_service_name']
const securityLabels = ['connection_security_policy', 'source_principal', 'destination_principal']

/**
 * What one cluster's Prometheus would answer to the `edges` question, as
 * columns, without a Prometheus: for fleets larger than a test could scrape.
 * The source's account is given only for what no destination in this cluster
 * tells, as the real question asks.
 */
export function edgesAnswer(model: Model, cluster: string, options: TableOptions): EdgesAnswer {
  const basis = basisRates(model.topology.clock, options.atMs, options.windowSeconds)
  const groups = model.groups.get(cluster)
  if (!groups) throw new Error(`no cluster ${cluster} in the model`)
  const flowing = groups.flatMap((group) => {
    const rate = dot(group.rate, basis)
    return rate > 0 ? [{ group, rate }] : []
  })
  const identity =
    options.identity === 'full' ? [...workloadLabels, ...canonicalLabels] : workloadLabels
  const requests = sumTable(['rate'])
  const tcp = sumTable(['sentRate', 'receivedRate'])
  const told = new Set<string>()
  const accountOf = ({ labels }: SeriesGroup): string =>
    [...workloadLabels, 'destination_service', ...responseLabels]
      .map((name) => labels[name] ?? '')
      .join('|')
  for (const { group } of flowing)
    if (group.family === 'requests' && group.labels['reporter'] !== 'source')
      told.add(accountOf(group))
  const answeredNames = [
    'reporter',
    ...identity,
    ...responseLabels,
    'destination_service',
    ...securityLabels,
  ]
  const sentNames = [
    'reporter',
    ...identity,
    ...responseLabels,
    'destination_service',
    ...serviceLabels,
  ]
  const tcpNames = [
    'reporter',
    'app',
    ...identity,
    'destination_service',
    ...serviceLabels,
    ...securityLabels,
  ]
  for (const { group, rate } of flowing) {
    if (group.family === 'tcp')
      tcp.add(group.labels, tcpNames, [rate * group.requestBytes, rate * group.responseBytes])
    else if (group.labels['reporter'] !== 'source')
      requests.add(group.labels, answeredNames, [rate])
    else if (!told.has(accountOf(group))) requests.add(group.labels, sentNames, [rate])
  }
  return { name: 'edges', requests: requests.table(), tcp: tcp.table() }
}

/** Sums rows of equal labels, as `sum by` does. */
function sumTable(valueNames: readonly string[]) {
  const rowOf = new Map<string, number>()
  const rows: { labels: Readonly<Record<string, string>>; names: readonly string[] }[] = []
  const sums: number[][] = []
  return {
    add(
      labels: Readonly<Record<string, string>>,
      names: readonly string[],
      values: readonly number[],
    ): void {
      const key = names.map((name) => labels[name] ?? '').join('|')
      const row = rowOf.get(key)
      const known = row === undefined ? undefined : sums[row]
      if (known)
        for (const [index, value] of values.entries()) known[index] = (known[index] ?? 0) + value
      else {
        rowOf.set(key, rows.length)
        rows.push({ labels, names })
        sums.push([...values])
      }
    },
    table(): Table {
      const labelNames = [...new Set(rows.flatMap((row) => row.names))]
      const labels = Object.fromEntries(
        labelNames.map((name): [string, LabelColumn] => {
          const codeOf = new Map([['', 0]])
          const codes = Uint32Array.from(rows, (row) => {
            const text = row.names.includes(name) ? (row.labels[name] ?? '') : ''
            const code = codeOf.get(text) ?? codeOf.size
            codeOf.set(text, code)
            return code
          })
          return [name, { dictionary: [...codeOf.keys()], codes }]
        }),
      )
      const values = Object.fromEntries(
        valueNames.map((name, index) => [name, Float64Array.from(sums, (sum) => sum[index] ?? 0)]),
      )
      return { rowCount: rows.length, labels, values }
    },
  }
}
