import { createHash } from 'node:crypto'
import type { SeriesTable } from './decode.ts'
import type { LabelColumn } from './table.ts'

/**
 * Keeps only some labels, and adds `series`: an opaque key that tells apart
 * series which differ only in labels that go (pod, instance), without telling
 * what those were. Empty where nothing goes.
 */
export function keepLabels(table: SeriesTable, names: readonly string[]): SeriesTable {
  const kept: Record<string, LabelColumn> = {}
  const dropped: (readonly [string, LabelColumn])[] = []
  for (const [name, column] of Object.entries(table.labels)) {
    if (names.includes(name)) kept[name] = column
    else if (name !== '__name__') dropped.push([name, column])
  }
  dropped.sort(([a], [b]) => (a < b ? -1 : 1))
  const codeOf = new Map([['', 0]])
  const codes = new Uint32Array(table.seriesCount)
  for (let one = 0; one < table.seriesCount; one++) {
    const rest = dropped
      .map(([name, column]) => [name, column.dictionary[column.codes[one] ?? 0] ?? ''] as const)
      .filter(([, value]) => value !== '')
    const key = rest.length === 0 ? '' : keyOf(JSON.stringify(rest))
    const code = codeOf.get(key) ?? codeOf.size
    codeOf.set(key, code)
    codes[one] = code
  }
  return { ...table, labels: { ...kept, series: { dictionary: [...codeOf.keys()], codes } } }
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}
