import type { LabelColumn, Table } from './table.ts'

/** A table without rows that has these value columns. */
export function emptyTable(...values: readonly string[]): Table {
  return {
    rowCount: 0,
    labels: {},
    values: Object.fromEntries(values.map((name) => [name, new Float64Array(0)])),
  }
}

/** The label of a row, `''` where absent. */
export function labelAt(table: Table, name: string, row: number): string {
  const column = table.labels[name]
  return column === undefined ? '' : (column.dictionary[column.codes[row] ?? 0] ?? '')
}

/** The rows of all tables under each other; what one lacks is `''` or NaN in its rows. */
export function concatTables(tables: readonly Table[]): Table {
  const filled = tables.filter((table) => table.rowCount > 0)
  const [only] = filled
  if (filled.length === 1 && only !== undefined) return only
  const rowCount = filled.reduce((sum, table) => sum + table.rowCount, 0)
  const labels: Record<string, LabelColumn> = {}
  for (const name of namesOf(filled, 'labels')) labels[name] = concatLabel(filled, name, rowCount)
  const values: Record<string, Float64Array> = {}
  for (const name of namesOf(filled.length === 0 ? tables : filled, 'values')) {
    const column = new Float64Array(rowCount).fill(NaN)
    let row = 0
    for (const table of filled) {
      const own = table.values[name]
      if (own !== undefined) column.set(own, row)
      row += table.rowCount
    }
    values[name] = column
  }
  return { rowCount, labels, values }
}

/**
 * One table from several of the same labels, each giving one value column:
 * rows with equal labels become one, a value that no table gives is `absent`.
 */
export function joinTables(parts: Readonly<Record<string, Table>>, absent: number): Table {
  const entries = Object.entries(parts)
  const stacked = concatTables(entries.map(([, table]) => table))
  const groups = groupRows(stacked, Object.keys(stacked.labels))
  const values: Record<string, Float64Array> = {}
  let row = 0
  for (const [name, table] of entries) {
    const column = new Float64Array(groups.count).fill(absent)
    const rates = table.values['rate']
    for (let at = 0; at < table.rowCount; at++, row++) {
      const group = groups.groupOf[row] ?? 0
      const before = column[group] ?? absent
      column[group] = (Number.isNaN(before) ? 0 : before) + (rates?.[at] ?? 0)
    }
    values[name] = column
  }
  return { rowCount: groups.count, labels: pickRows(stacked, groups.firstRow), values }
}

/** The labels of these rows. */
export function pickRows(
  table: Pick<Table, 'labels'>,
  rows: Uint32Array,
  names: readonly string[] = Object.keys(table.labels),
): Record<string, LabelColumn> {
  const labels: Record<string, LabelColumn> = {}
  for (const name of names) {
    const column = table.labels[name]
    if (column === undefined) continue
    labels[name] = {
      dictionary: column.dictionary,
      codes: Uint32Array.from(rows, (row) => column.codes[row] ?? 0),
    }
  }
  return labels
}

/** Rows with equal labels, as numbered groups. */
export interface Groups {
  readonly count: number
  /** Of each row, its group. */
  readonly groupOf: Uint32Array
  /** Of each group, its first row. */
  readonly firstRow: Uint32Array
}

/** Groups rows by these labels. */
export function groupRows(
  table: { readonly labels: Table['labels']; readonly rowCount: number },
  names: readonly string[],
): Groups {
  // Column after column: the groups so far and the next label's code make the next groups.
  let groupOf = new Uint32Array(table.rowCount)
  let count = Math.min(1, table.rowCount)
  for (const name of names) {
    const column = table.labels[name]
    if (column === undefined) continue
    const size = column.dictionary.length
    const numbers = new Map<number, number>()
    const next = new Uint32Array(table.rowCount)
    for (let row = 0; row < table.rowCount; row++) {
      const key = (groupOf[row] ?? 0) * size + (column.codes[row] ?? 0)
      let group = numbers.get(key)
      if (group === undefined) {
        group = numbers.size
        numbers.set(key, group)
      }
      next[row] = group
    }
    groupOf = next
    count = numbers.size
  }
  const firstRow = new Uint32Array(count)
  for (let row = table.rowCount - 1; row >= 0; row--) firstRow[groupOf[row] ?? 0] = row
  return { count, groupOf, firstRow }
}

function concatLabel(tables: readonly Table[], name: string, rowCount: number): LabelColumn {
  const codes = new Uint32Array(rowCount)
  const codeOf = new Map([['', 0]])
  let row = 0
  for (const table of tables) {
    const column = table.labels[name]
    if (column !== undefined) {
      const map = column.dictionary.map((value) => codeFor(codeOf, value))
      for (let at = 0; at < table.rowCount; at++) codes[row + at] = map[column.codes[at] ?? 0] ?? 0
    }
    row += table.rowCount
  }
  return { dictionary: [...codeOf.keys()], codes }
}

function namesOf(tables: readonly Table[], part: 'labels' | 'values'): readonly string[] {
  return [...new Set(tables.flatMap((table) => Object.keys(table[part])))]
}

function codeFor(codes: Map<string, number>, value: string): number {
  let code = codes.get(value)
  if (code === undefined) {
    code = codes.size
    codes.set(value, code)
  }
  return code
}
