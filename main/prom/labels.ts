import { code, expect, JsonShapeError, readString, take, unescape } from './json.ts'
import type { Cursor } from './json.ts'
import type { LabelColumn } from './table.ts'

/**
 * Gathers label sets straight from answer bytes into columns of interned
 * strings. A string is made once per distinct value, at the end; until then a
 * value is where its bytes first stood.
 */
export interface LabelReader {
  /** Reads one label object (`{"a":"b",…}`) as the labels of row `row`. */
  read(row: number): void
  /** Forgets what was read for a row that is not kept. */
  clear(row: number): void
  /** The columns of the first `rowCount` rows. */
  finish(rowCount: number): Record<string, LabelColumn>
}

interface Column {
  readonly name: string
  readonly key: Buffer
  codes: Uint32Array
  /** Open addressing: code of a value, 0 for free. */
  slots: Int32Array
  /** Of each code: hash, first byte and length of its value. */
  hashes: Int32Array
  starts: Int32Array
  lengths: Int32Array
  count: number
  /** Values with escapes, whose bytes are not their text. */
  readonly escaped: Map<string, number>
}

/** A reader of label sets at a cursor; `rows` is a guess at how many there are. */
export function labelReader(cursor: Cursor, rows: number): LabelReader {
  const { bytes } = cursor
  const columns: Column[] = []
  const byName = new Map<string, Column>()
  /** Columns in the order in which the last rows named them: nearly always that of the next. */
  const order: Column[] = []
  let capacity = Math.max(16, rows)

  function columnOf(name: string): Column {
    let column = byName.get(name)
    if (column === undefined) {
      column = newColumn(name, capacity)
      byName.set(name, column)
      columns.push(column)
    }
    return column
  }

  function grow(row: number): void {
    while (row >= capacity) capacity *= 2
    for (const column of columns) {
      const codes = new Uint32Array(capacity)
      codes.set(column.codes)
      column.codes = codes
    }
  }

  /** The column of the next key, which is then behind the cursor. */
  function nextColumn(position: number): Column {
    const expected = order[position]
    const start = cursor.at + 1
    if (expected !== undefined && bytes[cursor.at] === code.quote) {
      const { key } = expected
      let at = 0
      while (at < key.length && bytes[start + at] === key[at]) at++
      if (at === key.length) {
        cursor.at = start + at
        return expected
      }
    }
    const column = columnOf(readString(cursor))
    expect(cursor, code.colon)
    expect(cursor, code.quote)
    order[position] = column
    return column
  }

  /** The code of the value whose first byte is at the cursor, just behind its quote. */
  function nextValue(column: Column): number {
    const start = cursor.at
    let hash = -2128831035
    let at = start
    let byte = bytes[at]
    while (byte !== code.quote) {
      if (byte === undefined) throw new JsonShapeError('the end of a string', at)
      if (byte === code.backslash) return escapedValue(column)
      hash = Math.imul(hash ^ byte, 16777619)
      byte = bytes[++at]
    }
    cursor.at = at + 1
    return intern(column, bytes, hash, start, at - start)
  }

  function escapedValue(column: Column): number {
    const start = cursor.at
    let end = start
    while (bytes[end] !== code.quote) {
      if (bytes[end] === undefined) throw new JsonShapeError('the end of a string', end)
      end += bytes[end] === code.backslash ? 2 : 1
    }
    cursor.at = end + 1
    const text = unescape(bytes, start, end)
    let value = column.escaped.get(text)
    if (value === undefined) {
      value = addValue(column, 0, start, 0)
      column.escaped.set(text, value)
    }
    return value
  }

  return {
    read(row) {
      if (row >= capacity) grow(row)
      expect(cursor, code.openObject)
      if (take(cursor, code.closeObject)) return
      let position = 0
      do {
        const column = nextColumn(position++)
        column.codes[row] = nextValue(column)
      } while (take(cursor, code.comma))
      expect(cursor, code.closeObject)
    },
    clear(row) {
      for (const column of columns) if (row < column.codes.length) column.codes[row] = 0
    },
    finish(rowCount) {
      const labels: Record<string, LabelColumn> = {}
      for (const column of columns) {
        const escaped = new Map([...column.escaped].map(([text, value]) => [value, text]))
        const dictionary = ['']
        for (let value = 1; value < column.count; value++) {
          const start = column.starts[value] ?? 0
          const end = start + (column.lengths[value] ?? 0)
          dictionary.push(escaped.get(value) ?? bytes.toString('utf8', start, end))
        }
        labels[column.name] = { dictionary, codes: column.codes.subarray(0, rowCount) }
      }
      return labels
    },
  }
}

function newColumn(name: string, capacity: number): Column {
  return {
    name,
    key: Buffer.from(`${JSON.stringify(name).slice(1)}:"`),
    codes: new Uint32Array(capacity),
    slots: new Int32Array(64),
    hashes: new Int32Array(32),
    starts: new Int32Array(32),
    lengths: new Int32Array(32),
    count: 1,
    escaped: new Map(),
  }
}

function intern(
  column: Column,
  bytes: Buffer,
  hash: number,
  start: number,
  length: number,
): number {
  if (length === 0) return 0
  const { slots, hashes, starts, lengths } = column
  const mask = slots.length - 1
  let slot = (hash ^ (hash >>> 15)) & mask
  for (;;) {
    const value = slots[slot] ?? 0
    if (value === 0) break
    if (hashes[value] === hash && lengths[value] === length) {
      const known = starts[value] ?? 0
      let at = 0
      while (at < length && bytes[known + at] === bytes[start + at]) at++
      if (at === length) return value
    }
    slot = (slot + 1) & mask
  }
  const value = addValue(column, hash, start, length)
  if (column.slots === slots) slots[slot] = value
  return value
}

function addValue(column: Column, hash: number, start: number, length: number): number {
  const value = column.count++
  if (value === column.hashes.length) {
    column.hashes = doubled(column.hashes)
    column.starts = doubled(column.starts)
    column.lengths = doubled(column.lengths)
  }
  column.hashes[value] = hash
  column.starts[value] = start
  column.lengths[value] = length
  if (column.count * 2 > column.slots.length) rehash(column)
  return value
}

/** Makes room in the table of slots; values with escapes (length 0) are not in it. */
function rehash(column: Column): void {
  const slots = new Int32Array(column.slots.length * 2)
  const mask = slots.length - 1
  for (let value = 1; value < column.count; value++) {
    if (column.lengths[value] === 0) continue
    const hash = column.hashes[value] ?? 0
    let slot = (hash ^ (hash >>> 15)) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = value
  }
  column.slots = slots
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
