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
 * the string's end.
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
  readonly index: number
  /** Distinct values so far, the absent one included. */
  count: number
}

/** A reader of label sets at a cursor; `rows` is a guess at how many there are. */
export function labelReader(cursor: Cursor, rows: number): LabelReader {
  const { bytes } = cursor
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const columns: Column[] = []
  const byName = new Map<string, Column>()
  let capacity = Math.max(16, rows)
  /** Codes by column, then row. */
  const codes: Uint32Array[] = []

  // Tokens by number, each with its own stretch of numbers; 0 stands for the start of a row.
  let tokenCount = 1
  let tokens = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(64, rows))) * field.count)
  /** Open addressing: tokens by column and value, 0 for free. */
  let slots = new Int32Array((tokens.length / field.count) * 2)

  function columnOf(name: string): Column {
    let column = byName.get(name)
    if (column === undefined) {
      column = { name, index: columns.length, count: 1 }
      byName.set(name, column)
      columns.push(column)
      codes.push(new Uint32Array(capacity))
    }
    return column
  }

  function nextToken(before: number): number {
    const guess = tokens[before + field.follower] ?? 0
    if (isNext(guess)) return guess
    const other = tokens[before + field.otherFollower] ?? 0
    const token = isNext(other) ? other : readToken(guess)
    tokens[before + field.otherFollower] = guess
    tokens[before + field.follower] = token
    return token
  }

  function isNext(token: number): boolean {
    const length = tokens[token + field.length] ?? 0
    const start = tokens[token + field.start] ?? 0
    if (token === 0 || !sameBytes(words, cursor.at, start, length)) return false
    cursor.at += length
    return true
  }

  /** The token at the cursor, which was not the one guessed. */
  function readToken(guess: number): number {
    let column: Column | undefined
    const start = cursor.at
    const keyLength = tokens[guess + field.keyLength] ?? 0
    if (guess !== 0 && sameBytes(words, start, tokens[guess + field.start] ?? 0, keyLength)) {
      column = columns[tokens[guess + field.column] ?? 0]
      cursor.at = start + keyLength
    }
    if (column === undefined) {
      column = columnOf(readString(cursor))
      expect(cursor, code.colon)
      expect(cursor, code.quote)
    }
    const valueStart = cursor.at
    const hash = hashString(column.index)
    return find(column, hash, valueStart) ?? add(column, hash, start, valueStart)
  }

  /** Moves behind the string whose first byte is at the cursor, and gives a hash of it. */
  function hashString(seed: number): number {
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

  function find(column: Column, hash: number, valueStart: number): number | null {
    const length = cursor.at - valueStart
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const token = slots[slot] ?? 0
      if (token === 0) return null
      const known = (tokens[token + field.start] ?? 0) + (tokens[token + field.keyLength] ?? 0)
      const isHit =
        tokens[token + field.hash] === hash &&
        tokens[token + field.column] === column.index &&
        (tokens[token + field.start] ?? 0) + (tokens[token + field.length] ?? 0) - known ===
          length &&
        sameBytes(words, valueStart, known, length)
      if (isHit) return token
    }
  }

  function add(column: Column, hash: number, start: number, valueStart: number): number {
    const token = tokenCount++ * field.count
    if (token === tokens.length) grow()
    tokens[token + field.hash] = hash
    tokens[token + field.start] = start
    tokens[token + field.length] = cursor.at - start
    tokens[token + field.keyLength] = valueStart - start
    tokens[token + field.column] = column.index
    // An empty value is an absent label.
    tokens[token + field.code] = cursor.at - valueStart === 1 ? 0 : column.count++
    place(token)
    return token
  }

  function place(token: number): void {
    const mask = slots.length - 1
    let slot = (tokens[token + field.hash] ?? 0) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = token
  }

  function grow(): void {
    const longer = new Int32Array(tokens.length * 2)
    longer.set(tokens)
    slots = new Int32Array(slots.length * 2)
    const end = tokens.length
    tokens = longer
    for (let token = field.count; token < end; token += field.count) place(token)
  }

  return {
    read(row) {
      if (row >= capacity) {
        while (row >= capacity) capacity *= 2
        for (const [index, own] of codes.entries()) {
          const longer = new Uint32Array(capacity)
          longer.set(own)
          codes[index] = longer
        }
      }
      expect(cursor, code.openObject)
      if (take(cursor, code.closeObject)) return
      let before = 0
      do {
        const token = nextToken(before)
        const own = codes[tokens[token + field.column] ?? 0]
        if (own !== undefined) own[row] = tokens[token + field.code] ?? 0
        before = token
      } while (take(cursor, code.comma))
      expect(cursor, code.closeObject)
    },
    clear(row) {
      for (const own of codes) if (row < own.length) own[row] = 0
    },
    finish(rowCount) {
      const dictionaries = readValues(bytes, columns.length, tokens, tokenCount)
      return Object.fromEntries(
        columns.map(({ name, index }): [string, LabelColumn] => {
          const own = codes[index] ?? new Uint32Array(rowCount)
          const dictionary = dictionaries[index] ?? ['']
          return [name, { dictionary, codes: own.subarray(0, rowCount) }]
        }),
      )
    },
  }
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
  tokenCount: number,
): string[][] {
  const dictionaries = Array.from({ length: columnCount }, () => [''])
  const end = tokenCount * field.count
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
