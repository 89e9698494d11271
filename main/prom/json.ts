/**
 * A scanner over the bytes of a JSON answer. It makes no object per element:
 * callers walk the structure and take strings and numbers where they lie.
 */

/** Where a scan stands. */
export interface Cursor {
  readonly bytes: Buffer
  at: number
}

/** The bytes are not the JSON that was expected at this place. */
export class JsonShapeError extends Error {
  readonly at: number

  constructor(expected: string, at: number) {
    super(`expected ${expected} at byte ${at}`)
    this.name = 'JsonShapeError'
    this.at = at
  }
}

/** Bytes that mean something in JSON. */
export const code = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  backslash: 0x5c,
  openArray: 0x5b,
  closeArray: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const

/**
 * Whether `length` bytes at two places of one buffer are the same; false where
 * it ends before. Eight at a time, as doubles: equal doubles are equal bytes,
 * but for zeros of two signs, which no JSON text spells.
 */
export function sameBytes(words: DataView, a: number, b: number, length: number): boolean {
  if (a + length > words.byteLength) return false
  const last = length - 8
  if (last < 0) {
    for (let at = 0; at < length; at++) {
      if (words.getUint8(a + at) !== words.getUint8(b + at)) return false
    }
    return true
  }
  // The end first: names differ there more often than at their beginning.
  if (words.getFloat64(a + last, true) !== words.getFloat64(b + last, true)) return false
  for (let at = 0; at < last; at += 8) {
    if (words.getFloat64(a + at, true) !== words.getFloat64(b + at, true)) return false
  }
  return true
}

/** Moves past white space. */
export function skipSpace(cursor: Cursor): void {
  const { bytes } = cursor
  let at = cursor.at
  for (;;) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at++
  }
  cursor.at = at
}

/** Moves past this byte if it comes next, and says whether it did. */
export function take(cursor: Cursor, byte: number): boolean {
  if (cursor.bytes[cursor.at] !== byte) {
    skipSpace(cursor)
    if (cursor.bytes[cursor.at] !== byte) return false
  }
  cursor.at++
  return true
}

/** Moves past this byte, which must come next. */
export function expect(cursor: Cursor, byte: number): void {
  if (!take(cursor, byte)) throw new JsonShapeError(`"${String.fromCharCode(byte)}"`, cursor.at)
}

/** Whether another element follows, in a list that `close` ends; `first` before the first one. */
export function more(cursor: Cursor, close: number, first: boolean): boolean {
  if (take(cursor, close)) return false
  if (!first) expect(cursor, code.comma)
  return true
}

/** Moves past a string and gives where its content ends; `cursor.at` must be at its first byte. */
function endOfString(cursor: Cursor): number {
  const { bytes } = cursor
  let at = cursor.at
  for (;;) {
    const byte = bytes[at]
    if (byte === code.quote) break
    if (byte === undefined) throw new JsonShapeError('the end of a string', at)
    at += byte === code.backslash ? 2 : 1
  }
  cursor.at = at + 1
  return at
}

/** Reads a string. */
export function readString(cursor: Cursor): string {
  expect(cursor, code.quote)
  const start = cursor.at
  const end = endOfString(cursor)
  const text = cursor.bytes.toString('utf8', start, end)
  return text.includes('\\') ? unescape(cursor.bytes, start, end) : text
}

/** The text of a string with escapes, given where its content lies. */
export function unescape(bytes: Buffer, start: number, end: number): string {
  try {
    return String(JSON.parse(`"${bytes.toString('utf8', start, end)}"`))
  } catch {
    throw new JsonShapeError('a valid string', start)
  }
}

/** Moves past one value of any kind. */
export function skipValue(cursor: Cursor): void {
  skipSpace(cursor)
  const byte = cursor.bytes[cursor.at]
  if (byte === code.quote) {
    cursor.at++
    endOfString(cursor)
  } else if (byte === code.openArray) {
    cursor.at++
    for (let first = true; more(cursor, code.closeArray, first); first = false) skipValue(cursor)
  } else if (byte === code.openObject) {
    cursor.at++
    for (let first = true; more(cursor, code.closeObject, first); first = false) {
      readString(cursor)
      expect(cursor, code.colon)
      skipValue(cursor)
    }
  } else skipPlain(cursor)
}

/** Moves past a number, `true`, `false` or `null`. */
function skipPlain(cursor: Cursor): void {
  const { bytes } = cursor
  const start = cursor.at
  let at = start
  for (;;) {
    const byte = bytes[at]
    const inside =
      byte !== undefined &&
      ((byte >= 0x30 && byte <= 0x39) ||
        (byte >= 0x61 && byte <= 0x7a) ||
        byte === 0x2d ||
        byte === 0x2b ||
        byte === 0x2e ||
        byte === 0x45)
    if (!inside) break
    at++
  }
  if (at === start) throw new JsonShapeError('a value', at)
  cursor.at = at
}

/** Reads a number (bare, as JSON has it). */
function readNumber(cursor: Cursor): number {
  skipSpace(cursor)
  const start = cursor.at
  skipPlain(cursor)
  const value = Number(cursor.bytes.toString('latin1', start, cursor.at))
  if (Number.isNaN(value)) throw new JsonShapeError('a number', start)
  return value
}

/** Reads Unix seconds as whole milliseconds. */
export function readSecondsAsMs(cursor: Cursor): number {
  return Math.round(readNumber(cursor) * 1000)
}

/** Reads a sample's value, a number in quotes: `"0.5"`, `"NaN"`, `"+Inf"`. */
export function readQuotedNumber(cursor: Cursor): number {
  expect(cursor, code.quote)
  const { bytes } = cursor
  const start = cursor.at
  let at = start
  let whole = 0
  let byte = bytes[at]
  while (byte !== undefined && byte >= 0x30 && byte <= 0x39) {
    whole = whole * 10 + byte - 0x30
    byte = bytes[++at]
  }
  if (byte === code.quote && at > start && at - start <= 15) {
    cursor.at = at + 1
    return whole
  }
  const end = endOfString(cursor)
  const text = bytes.toString('latin1', start, end)
  if (text === '+Inf' || text === 'Inf') return Infinity
  if (text === '-Inf') return -Infinity
  return text === '' ? NaN : Number(text)
}
