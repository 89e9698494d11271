import type { EdgesAnswer, LabelColumn, Table } from '../prom/index.ts'

const absent: LabelColumn = { dictionary: [''], codes: new Uint32Array(0) }

/** A label's column; one that is absent in every row if the table has none. */
export function columnOf(table: Table, name: string): LabelColumn {
  return table.labels[name] ?? absent
}

/** Whether a label says anything: Istio writes `unknown` where it does not know. */
export function isKnown(value: string): boolean {
  return value !== '' && value !== 'unknown'
}

/** The cluster labels of an endpoint's own proxies: those of the side that reports. */
export function ownLabels({ requests, tcp }: EdgesAnswer): ReadonlySet<string> {
  const own = new Set<string>()
  for (const table of [requests, tcp]) {
    const reporter = columnOf(table, 'reporter')
    const source = columnOf(table, 'source_cluster')
    const destination = columnOf(table, 'destination_cluster')
    const isSource = reporter.dictionary.map((name) => name === 'source')
    const seen = { source: new Set<number>(), destination: new Set<number>() }
    for (let row = 0; row < table.rowCount; row++) {
      if (isSource[reporter.codes[row] ?? 0] === true) seen.source.add(source.codes[row] ?? 0)
      else seen.destination.add(destination.codes[row] ?? 0)
    }
    for (const code of seen.source) own.add(source.dictionary[code] ?? '')
    for (const code of seen.destination) own.add(destination.dictionary[code] ?? '')
  }
  for (const label of own) if (!isKnown(label)) own.delete(label)
  return own
}
