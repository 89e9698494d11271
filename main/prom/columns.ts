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

/**
 * The rows of all tables under each other; what one lacks is `''` or NaN in
 * its rows. Equal labels get equal codes, whichever table they are from.
 */
export function concatTables(tables: readonly Table[]): Table {
  return concat(tables, unifiedLabel)
}

/**
 * The same, quicker: dictionaries are put after each other, so that a value
 * that several tables know stands in the dictionary as often.
 */
export function stackTables(tables: readonly Table[]): Table {
  return concat(tables, stackedLabel)
}

function concat(tables: readonly Table[], label: typeof unifiedLabel): Table {
  const filled = tables.filter((table) => table.rowCount > 0)
  const [only] = filled
  if (filled.length === 1 && only !== undefined) return only
  const rowCount = filled.reduce((sum, table) => sum + table.rowCount, 0)
  const labels: Record<string, LabelColumn> = {}
  for (const name of namesOf(filled, 'labels')) labels[name] = label(filled, name, rowCount)
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
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(table.rowCount * 2 + 1)))
  const keys = new Float64Array(table.rowCount)
  for (const name of names) {
    const column = table.labels[name]
    if (column === undefined) continue
    const { codes } = column
    const size = column.dictionary.length
    const next = new Uint32Array(table.rowCount)
    slots.fill(0)
    count = 0
    for (let row = 0; row < table.rowCount; row++) {
      const group = groupOf[row] ?? 0
      const code = codes[row] ?? 0
      const key = group * size + code
      const mixed = Math.imul(Math.imul(group, 0x9e3779b1) ^ code, 0x85ebca6b)
      let slot = (mixed ^ (mixed >>> 15)) & (slots.length - 1)
      let found = slots[slot] ?? 0
      while (found !== 0 && keys[found - 1] !== key) {
        slot = (slot + 1) & (slots.length - 1)
        found = slots[slot] ?? 0
      }
      if (found === 0) {
        keys[count] = key
        found = ++count
        slots[slot] = found
      }
      next[row] = found - 1
    }
    groupOf = next
  }
  const firstRow = new Uint32Array(count)
  for (let row = table.rowCount - 1; row >= 0; row--) firstRow[groupOf[row] ?? 0] = row
  return { count, groupOf, firstRow }
}

function stackedLabel(tables: readonly Table[], name: string, rowCount: number): LabelColumn {
  const codes = new Uint32Array(rowCount)
  let dictionary: readonly string[] = ['']
  let row = 0
  for (const table of tables) {
    const column = table.labels[name]
    if (column !== undefined) {
      const offset = dictionary.length === 1 ? 0 : dictionary.length
      dictionary = offset === 0 ? column.dictionary : [...dictionary, ...column.dictionary]
      for (let at = 0; at < table.rowCount; at++) codes[row + at] = (column.codes[at] ?? 0) + offset
    }
    row += table.rowCount
  }
  return { dictionary, codes }
}

function unifiedLabel(tables: readonly Table[], name: string, rowCount: number): LabelColumn {
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
