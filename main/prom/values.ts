import { sameBytes } from './json.ts'

/** The distinct values of one label, numbered from 1; each is where its bytes first stood. */
export interface Column {
  readonly name: string
  readonly index: number
  /** Open addressing: code of a value, 0 for free. */
  slots: Int32Array
  /** Of each code: hash, first byte and length of its value, and its token. */
  hashes: Int32Array
  starts: Int32Array
  lengths: Int32Array
  tokens: Int32Array
  count: number
  /** Values with escapes, whose bytes are not their text. */
  readonly escaped: Map<string, number>
}

/** All values of a column. One string is made of all and then cut: one by one takes much longer. */
export function dictionaryOf(column: Column, bytes: Buffer): string[] {
  const { starts, lengths, count } = column
  let total = 0
  for (let value = 1; value < count; value++) total += lengths[value] ?? 0
  const packed = Buffer.allocUnsafe(total)
  let at = 0
  for (let value = 1; value < count; value++) {
    const start = starts[value] ?? 0
    const end = start + (lengths[value] ?? 0)
    for (let from = start; from < end; from++) packed[at++] = bytes[from] ?? 0
  }
  const text = packed.toString('utf8')
  const isPlain = text.length === total
  const escaped = new Map([...column.escaped].map(([own, value]) => [value, own]))
  const dictionary = ['']
  at = 0
  for (let value = 1; value < count; value++) {
    const length = lengths[value] ?? 0
    const own = isPlain ? text.slice(at, at + length) : packed.toString('utf8', at, at + length)
    dictionary.push(length === 0 ? (escaped.get(value) ?? '') : own)
    at += length
  }
  return dictionary
}

/** A column without values. */
export function newColumn(name: string, index: number): Column {
  return {
    name,
    index,
    slots: new Int32Array(64),
    hashes: new Int32Array(32),
    starts: new Int32Array(32),
    lengths: new Int32Array(32),
    tokens: new Int32Array(32),
    count: 1,
    escaped: new Map(),
  }
}

/** A hash whose low bits depend on all of it. */
export function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return once ^ (once >>> 13)
}

/** The code of a value (0 when empty), given its hash and where its bytes lie; a new one if it has none. */
export function intern(
  column: Column,
  words: DataView,
  hash: number,
  start: number,
  length: number,
): number {
  if (length === 0) return 0
  const { slots, hashes, starts, lengths } = column
  const mask = slots.length - 1
  let slot = hash & mask
  for (let value = slots[slot] ?? 0; value !== 0; value = slots[slot] ?? 0) {
    const isHit =
      hashes[value] === hash &&
      lengths[value] === length &&
      sameBytes(words, start, starts[value] ?? 0, length)
    if (isHit) return value
    slot = (slot + 1) & mask
  }
  const value = addValue(column, hash, start, length)
  if (column.slots === slots) slots[slot] = value
  return value
}

/** Adds a value that is not in the column and gives its code. */
export function addValue(column: Column, hash: number, start: number, length: number): number {
  const value = column.count++
  if (value === column.hashes.length) {
    column.hashes = doubled(column.hashes)
    column.starts = doubled(column.starts)
    column.lengths = doubled(column.lengths)
    column.tokens = doubled(column.tokens)
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
    let slot = (column.hashes[value] ?? 0) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = value
  }
  column.slots = slots
}

/** The same numbers with room for as many again. */
export function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
