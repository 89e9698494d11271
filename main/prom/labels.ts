import { code, expect, JsonShapeError, readString, sameBytes, take, unescape } from './json.ts'
import type { Cursor } from './json.ts'
import type { LabelColumn } from './table.ts'
import { addValue, dictionaryOf, doubled, intern, mixed, newColumn, type Column } from './values.ts'

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
