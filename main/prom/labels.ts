import { code, expect, JsonShapeError, readString, sameBytes, take, unescape } from './json.ts'
import type { Cursor } from './json.ts'
import type { LabelColumn } from './table.ts'

/**
 * Gathers label sets straight from answer bytes into columns of interned
 * strings. A string is made once per distinct value, at the end; until then a
 * value is where its bytes first stood.
 *
 * What makes it fast: after `"destination_service":"cart…"` nearly always comes
 * the same `"destination_workload":"cart"` as last time. So each label and
 * value seen (a token) remembers what followed it, and that guess is checked by
 * comparing bytes, eight at a time, which takes neither hashing nor looking for
 * the string's end. (And it is a class because the engine optimizes methods
 * once, but closures anew for every answer.)
 */
export class LabelReader {
  private readonly cursor: Cursor
  private readonly bytes: Buffer
  private readonly words: DataView
  private readonly columns: Column[] = []
  private readonly byName = new Map<string, Column>()
  private capacity: number
  /** Tokens, each with its own stretch of numbers; 0 stands for the start of a row. */
  private tokens: Int32Array
  private end = field.count
  /** Open addressing: tokens by column and value, 0 for free. */
  private slots: Int32Array

  /** `rows` is a guess at how many there will be. */
  constructor(cursor: Cursor, rows: number) {
    const { bytes } = cursor
    this.cursor = cursor
    this.bytes = bytes
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.capacity = Math.max(16, rows)
    const tokens = 2 ** Math.ceil(Math.log2(Math.max(64, rows)))
    this.tokens = new Int32Array(tokens * field.count)
    this.slots = new Int32Array(tokens * 2)
  }

  /** Reads one label object (`{"a":"b",…}`) as the labels of row `row`. */
  read(row: number): void {
    const { cursor, columns } = this
    if (row >= this.capacity) this.makeRoom(row)
    expect(cursor, code.openObject)
    if (take(cursor, code.closeObject)) return
    let before = 0
    do {
      const token = this.nextToken(before)
      const column = columns[this.tokens[token + field.column] ?? 0]
      if (column !== undefined) column.codes[row] = this.tokens[token + field.code] ?? 0
      before = token
    } while (take(cursor, code.comma))
    expect(cursor, code.closeObject)
  }

  /** Forgets what was read for a row that is not kept. */
  clear(row: number): void {
    for (const { codes } of this.columns) if (row < codes.length) codes[row] = 0
  }

  /** The columns of the first `rowCount` rows. */
  finish(rowCount: number): Record<string, LabelColumn> {
    const dictionaries = readValues(this.bytes, this.columns.length, this.tokens, this.end)
    return Object.fromEntries(
      this.columns.map(({ name, index, codes }): [string, LabelColumn] => [
        name,
        { dictionary: dictionaries[index] ?? [''], codes: codes.subarray(0, rowCount) },
      ]),
    )
  }

  private makeRoom(row: number): void {
    while (row >= this.capacity) this.capacity *= 2
    for (const column of this.columns) {
      const longer = new Uint32Array(this.capacity)
      longer.set(column.codes)
      column.codes = longer
    }
  }

  private columnOf(name: string): Column {
    let column = this.byName.get(name)
    if (column === undefined) {
      const codes = new Uint32Array(this.capacity)
      column = { name, index: this.columns.length, count: 1, codes }
      this.byName.set(name, column)
      this.columns.push(column)
    }
    return column
  }

  private nextToken(before: number): number {
    const { tokens } = this
    const guess = tokens[before + field.follower] ?? 0
    if (this.isNext(guess)) return guess
    const other = tokens[before + field.otherFollower] ?? 0
    const token = this.isNext(other) ? other : this.readToken(guess)
    this.tokens[before + field.otherFollower] = guess
    this.tokens[before + field.follower] = token
    return token
  }

  private isNext(token: number): boolean {
    const { tokens, cursor } = this
    const length = tokens[token + field.length] ?? 0
    const start = tokens[token + field.start] ?? 0
    if (token === 0 || !sameBytes(this.words, cursor.at, start, length)) return false
    cursor.at += length
    return true
  }

  /** The token at the cursor, which was not the one guessed. */
  private readToken(guess: number): number {
    const { tokens, cursor, words } = this
    let column: Column | undefined
    const start = cursor.at
    const keyLength = tokens[guess + field.keyLength] ?? 0
    if (guess !== 0 && sameBytes(words, start, tokens[guess + field.start] ?? 0, keyLength)) {
      column = this.columns[tokens[guess + field.column] ?? 0]
      cursor.at = start + keyLength
    }
    if (column === undefined) {
      column = this.columnOf(readString(cursor))
      expect(cursor, code.colon)
      expect(cursor, code.quote)
    }
    const valueStart = cursor.at
    const hash = this.hashString(column.index)
    const known = this.find(column, hash, valueStart)
    return known === 0 ? this.add(column, hash, start, valueStart) : known
  }

  /** Moves behind the string whose first byte is at the cursor, and gives a hash of it. */
  private hashString(seed: number): number {
    const { bytes, words, cursor } = this
    const lastWord = bytes.length - 4
    let hash = Math.imul(seed + 1, 0x9e3779b1)
    let at = cursor.at
    while (at <= lastWord) {
      const word = words.getInt32(at, true)
      const quotes = word ^ 0x22222222
      const slashes = word ^ 0x5c5c5c5c
      const zeroQuote = (quotes - 0x01010101) & ~quotes
      const zeroSlash = (slashes - 0x01010101) & ~slashes
      // A zero byte in either: the string ends, or has an escape, within these four.
      if (((zeroQuote | zeroSlash) & 0x80808080) !== 0) break
      hash = Math.imul(hash ^ word, 0x01000193)
      hash ^= hash >>> 15
      at += 4
    }
    for (let byte = bytes[at]; byte !== code.quote; byte = bytes[++at]) {
      if (byte === undefined) throw new JsonShapeError('the end of a string', at)
      hash = Math.imul(hash ^ byte, 0x01000193)
      if (byte === code.backslash) at++
    }
    cursor.at = at + 1
    return hash ^ (hash >>> 13)
  }

  /** The token of a value that was seen before; 0 for a new one. */
  private find(column: Column, hash: number, valueStart: number): number {
    const { slots, tokens, words } = this
    const length = this.cursor.at - valueStart
    const mask = slots.length - 1
    let slot = hash & mask
    for (let token = slots[slot] ?? 0; token !== 0; token = slots[slot] ?? 0) {
      const keyLength = tokens[token + field.keyLength] ?? 0
      const isHit =
        tokens[token + field.hash] === hash &&
        tokens[token + field.column] === column.index &&
        (tokens[token + field.length] ?? 0) - keyLength === length &&
        sameBytes(words, valueStart, (tokens[token + field.start] ?? 0) + keyLength, length)
      if (isHit) return token
      slot = (slot + 1) & mask
    }
    return 0
  }

  private add(column: Column, hash: number, start: number, valueStart: number): number {
    if (this.end === this.tokens.length) this.grow()
    const token = this.end
    const { tokens, cursor } = this
    this.end += field.count
    tokens[token + field.hash] = hash
    tokens[token + field.start] = start
    tokens[token + field.length] = cursor.at - start
    tokens[token + field.keyLength] = valueStart - start
    tokens[token + field.column] = column.index
    // An empty value is an absent label.
    tokens[token + field.code] = cursor.at - valueStart === 1 ? 0 : column.count++
    this.place(token)
    return token
  }

  private place(token: number): void {
    const { slots } = this
    const mask = slots.length - 1
    let slot = (this.tokens[token + field.hash] ?? 0) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = token
  }

  private grow(): void {
    const longer = new Int32Array(this.tokens.length * 2)
    longer.set(this.tokens)
    this.tokens = longer
    this.slots = new Int32Array(this.slots.length * 2)
    for (let token = field.count; token < this.end; token += field.count) this.place(token)
  }
}

interface Column {
  readonly name: string
  readonly index: number
  /** Distinct values so far, the absent one included. */
  count: number
  codes: Uint32Array
}

/** Where in a token's stretch of numbers what stands. */
const field = {
  hash: 0,
  /** First byte of its key's quote, and length up to its value's closing quote. */
  start: 1,
  length: 2,
  /** Length from its key's quote to behind its value's opening quote. */
  keyLength: 3,
  column: 4,
  code: 5,
  /** The token that came after it last time, and the other one before that. */
  follower: 6,
  otherFollower: 7,
  count: 8,
} as const

/**
 * The values of all tokens, by column and in the order of their codes. One
 * string is made of all and then cut: one by one takes much longer.
 */
function readValues(
  bytes: Buffer,
  columnCount: number,
  tokens: Int32Array,
  end: number,
): string[][] {
  const dictionaries = Array.from({ length: columnCount }, () => [''])
  const valueStart = (token: number) =>
    (tokens[token + field.start] ?? 0) + (tokens[token + field.keyLength] ?? 0)
  const valueLength = (token: number) =>
    (tokens[token + field.length] ?? 0) - (tokens[token + field.keyLength] ?? 0) - 1
  let total = 0
  for (let token = field.count; token < end; token += field.count) total += valueLength(token)
  const packed = Buffer.allocUnsafe(total)
  let at = 0
  for (let token = field.count; token < end; token += field.count) {
    const start = valueStart(token)
    const stop = start + valueLength(token)
    for (let from = start; from < stop; from++) packed[at++] = bytes[from] ?? 0
  }
  const text = packed.toString('utf8')
  const isPlain = text.length === total && !text.includes('\\')
  at = 0
  for (let token = field.count; token < end; token += field.count) {
    const length = valueLength(token)
    if (length > 0) {
      const own = isPlain ? text.slice(at, at + length) : unescape(packed, at, at + length)
      dictionaries[tokens[token + field.column] ?? 0]?.push(own)
    }
    at += length
  }
  return dictionaries
}
