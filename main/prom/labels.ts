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
 * comparing bytes, four at a time, which takes neither hashing nor looking for
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

/** A reader of label sets at a cursor; `rows` is a guess at how many there are. */
export function labelReader(cursor: Cursor, rows: number): LabelReader {
  const { bytes } = cursor
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const columns: Column[] = []
  const byName = new Map<string, Column>()
  let capacity = Math.max(16, rows)
  /** Codes by column, then row. */
  const codes: Uint32Array[] = []

  // Tokens, by number; 0 stands for the start of a row.
  let tokenCount = 1
  let tokenStarts = new Int32Array(1024)
  let tokenLengths = new Int32Array(1024)
  /** Length of the key with its quotes, colon and the value's opening quote. */
  let tokenKeys = new Int32Array(1024)
  let tokenColumns = new Int32Array(1024)
  let tokenCodes = new Int32Array(1024)
  /** The token that came after it last time, and the other one before that. */
  let followers = new Int32Array(1024)
  let otherFollowers = new Int32Array(1024)

  function columnOf(name: string): Column {
    let column = byName.get(name)
    if (column === undefined) {
      column = newColumn(name, columns.length)
      byName.set(name, column)
      columns.push(column)
      codes.push(new Uint32Array(capacity))
    }
    return column
  }

  function addToken(start: number, valueStart: number, column: Column, value: number): number {
    const token = tokenCount++
    if (token === tokenStarts.length) {
      tokenStarts = doubled(tokenStarts)
      tokenLengths = doubled(tokenLengths)
      tokenKeys = doubled(tokenKeys)
      tokenColumns = doubled(tokenColumns)
      tokenCodes = doubled(tokenCodes)
      followers = doubled(followers)
      otherFollowers = doubled(otherFollowers)
    }
    tokenStarts[token] = start
    tokenLengths[token] = cursor.at - start
    tokenKeys[token] = valueStart - start
    tokenColumns[token] = column.index
    tokenCodes[token] = value
    return token
  }

  function nextToken(before: number): number {
    const guess = followers[before] ?? 0
    if (isNext(guess)) return guess
    const other = otherFollowers[before] ?? 0
    const token = isNext(other) ? other : readToken(guess)
    otherFollowers[before] = guess
    followers[before] = token
    return token
  }

  function isNext(token: number): boolean {
    const length = tokenLengths[token] ?? 0
    if (token === 0 || !sameBytes(words, cursor.at, tokenStarts[token] ?? 0, length)) return false
    cursor.at += length
    return true
  }

  /** The token at the cursor, which was not the one guessed. */
  function readToken(guess: number): number {
    let column: Column | undefined
    const start = cursor.at
    const keyLength = tokenKeys[guess] ?? 0
    if (keyLength > 0 && sameBytes(words, start, tokenStarts[guess] ?? 0, keyLength)) {
      column = columns[tokenColumns[guess] ?? 0]
      cursor.at = start + keyLength
    }
    if (column === undefined) {
      column = columnOf(readString(cursor))
      expect(cursor, code.colon)
      expect(cursor, code.quote)
    }
    const valueStart = cursor.at
    const value = readValue(column)
    // White space between tokens would make them differ in length: such are read this way always.
    const known = column.tokens[value] ?? 0
    if (known !== 0 && tokenLengths[known] === cursor.at - start) return known
    const token = addToken(start, valueStart, column, value)
    column.tokens[value] = token
    return token
  }

  /** The code of the value whose first byte is at the cursor, just behind its quote. */
  function readValue(column: Column): number {
    const start = cursor.at
    const lastWord = bytes.length - 4
    let hash = 0x811c9dc5 | 0
    let at = start
    while (at <= lastWord) {
      const word = words.getInt32(at, true)
      const quotes = word ^ 0x22222222
      const slashes = word ^ 0x5c5c5c5c
      // A zero byte in either: the string ends, or has an escape, within these four.
      if (
        ((((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes)) & 0x80808080) !==
        0
      ) {
        break
      }
      hash = Math.imul(hash ^ word, 0x01000193)
      at += 4
    }
    let byte = bytes[at]
    while (byte !== code.quote) {
      if (byte === undefined) throw new JsonShapeError('the end of a string', at)
      if (byte === code.backslash) return readEscaped(column)
      hash = Math.imul(hash ^ byte, 0x01000193)
      byte = bytes[++at]
    }
    cursor.at = at + 1
    return intern(column, words, mixed(hash), start, at - start)
  }

  function readEscaped(column: Column): number {
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
        const own = codes[tokenColumns[token] ?? 0]
        if (own !== undefined) own[row] = tokenCodes[token] ?? 0
        before = token
      } while (take(cursor, code.comma))
      expect(cursor, code.closeObject)
    },
    clear(row) {
      for (const own of codes) if (row < own.length) own[row] = 0
    },
    finish(rowCount) {
      const labels: Record<string, LabelColumn> = {}
      for (const column of columns) {
        const own = codes[column.index] ?? new Uint32Array(rowCount)
        labels[column.name] = {
          dictionary: dictionaryOf(column, bytes),
          codes: own.subarray(0, rowCount),
        }
      }
      return labels
    },
  }
}

/** All values of a column. One string is made of all and then cut: one by one takes much longer. */
function dictionaryOf(column: Column, bytes: Buffer): string[] {
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

function newColumn(name: string, index: number): Column {
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

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return once ^ (once >>> 13)
}

function intern(
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

function addValue(column: Column, hash: number, start: number, length: number): number {
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

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
