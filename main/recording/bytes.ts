import { RecordingError } from './error.ts'

const LARGEST_SMALL = 2 ** 31

/**
 * Grows a byte sequence: LEB128 variable-length integers, floats and strings,
 * the building stones of the recording's chunks.
 */
export interface ByteWriter {
  /** A non-negative safe integer. */
  unsigned(value: number): void
  /** A safe integer of magnitude below 2^52; small magnitudes take few bytes (zigzag). */
  signed(value: number): void
  /** IEEE 754 double, little-endian. */
  float(value: number): void
  /** UTF-8, preceded by its length in bytes. */
  text(value: string): void
  finish(): Uint8Array
}

/** A new, empty {@link ByteWriter}. */
export function byteWriter(): ByteWriter {
  let buffer = Buffer.allocUnsafe(4096)
  let length = 0
  const room = (more: number) => {
    if (length + more <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + more))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }
  const unsigned = (value: number) => {
    room(10)
    let rest = value
    while (rest >= LARGEST_SMALL) {
      buffer[length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    while (rest >= 128) {
      buffer[length++] = (rest & 127) | 128
      rest >>>= 7
    }
    buffer[length++] = rest
  }
  return {
    unsigned,
    signed: (value) => unsigned(value >= 0 ? value * 2 : value * -2 - 1),
    float(value) {
      room(8)
      buffer.writeDoubleLE(value, length)
      length += 8
    },
    text(value) {
      const bytes = Buffer.byteLength(value)
      unsigned(bytes)
      room(bytes)
      buffer.write(value, length)
      length += bytes
    },
    finish: () => buffer.subarray(0, length),
  }
}

/**
 * Reads what a {@link ByteWriter} wrote, trusting nothing: every read past the
 * end and every number that is no safe integer throws a {@link RecordingError}.
 */
export interface ByteReader {
  unsigned(): number
  signed(): number
  float(): number
  text(): string
  /** An {@link unsigned} that counts things of at least one byte each, so it may not exceed what is left. */
  count(): number
  /** Throws when fewer bytes are left, so that nothing is allocated for what cannot come. */
  demand(bytes: number): void
  /** Throws unless everything was read. */
  end(): void
}

/** Reads `bytes` from the beginning. */
export function byteReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const next = () => {
    const byte = bytes[at++]
    if (byte === undefined)
      throw new RecordingError('The recording is damaged: a chunk ends early.')
    return byte
  }
  const unsigned = () => {
    let byte = next()
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    do {
      byte = next()
      value += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128 && scale < 2 ** 60)
    if (byte >= 128 || !Number.isSafeInteger(value))
      throw new RecordingError('The recording is damaged: a chunk holds a number out of range.')
    return value
  }
  const take = (length: number) => {
    if (length > bytes.length - at)
      throw new RecordingError('The recording is damaged: a chunk ends early.')
    const from = at
    at += length
    return from
  }
  const demand = (count: number) => {
    if (count > bytes.length - at)
      throw new RecordingError('The recording is damaged: a chunk announces more than it holds.')
  }
  return {
    unsigned,
    signed() {
      const value = unsigned()
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    },
    float: () => view.getFloat64(take(8), true),
    text() {
      const length = unsigned()
      const from = take(length)
      return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('utf8')
    },
    count() {
      const value = unsigned()
      demand(value)
      return value
    },
    demand,
    end() {
      if (at !== bytes.length)
        throw new RecordingError('The recording is damaged: a chunk holds more than it should.')
    },
  }
}
