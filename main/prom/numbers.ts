import { code, JsonShapeError, expect, type Cursor } from './json.ts'

/**
 * Gathers sample values (`"0.5"`, numbers in quotes) by copying their bytes,
 * and makes numbers of all of them at once: one by one takes several times as
 * long, for want of a way to read a number from bytes.
 */
export class NumberReader {
  private readonly cursor: Cursor
  private text: Buffer
  private length = 0

  /** `count` is a guess at how many there will be. */
  constructor(cursor: Cursor, count: number) {
    this.cursor = cursor
    this.text = Buffer.allocUnsafe(Math.max(64, count * 20))
  }

  /** Takes the value at the cursor as the next; false for one that is no finite number, which is not taken. */
  read(): boolean {
    const { cursor } = this
    const { bytes } = cursor
    expect(cursor, code.quote)
    const start = cursor.at
    let end = start
    let isFinite = true
    for (;;) {
      const byte = bytes[end]
      if (byte === code.quote) break
      if (byte === undefined) throw new JsonShapeError('the end of a number', end)
      // NaN, +Inf and -Inf are the values with other letters than an exponent's.
      if (byte > 0x39 && byte !== 0x65 && byte !== 0x45) isFinite = false
      end++
    }
    cursor.at = end + 1
    if (!isFinite || end === start) return false
    if (this.length + end - start + 1 > this.text.length) {
      const longer = Buffer.allocUnsafe(this.text.length * 2 + end - start)
      this.text.copy(longer, 0, 0, this.length)
      this.text = longer
    }
    const { text } = this
    let at = this.length
    for (let from = start; from < end; from++) text[at++] = bytes[from] ?? 0
    text[at++] = code.comma
    this.length = at
    return true
  }

  /** All values taken. */
  finish(): Float64Array {
    if (this.length === 0) return new Float64Array(0)
    const list = `[${this.text.toString('latin1', 0, this.length - 1)}]`
    try {
      const numbers: unknown = JSON.parse(list)
      if (Array.isArray(numbers)) {
        const values = new Float64Array(numbers.length)
        for (let at = 0; at < values.length; at++) values[at] = Number(numbers[at])
        return values
      }
    } catch {
      // told below
    }
    throw new JsonShapeError('numbers as values', this.cursor.at)
  }
}
