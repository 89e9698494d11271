import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteReader, byteWriter } from './bytes.ts'
import { RecordingError } from './error.ts'

const part = fc.oneof(
  fc.record({ as: fc.constant('unsigned' as const), value: fc.maxSafeNat() }),
  fc.record({
    as: fc.constant('signed' as const),
    value: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
  }),
  fc.record({ as: fc.constant('float' as const), value: fc.double() }),
  fc.record({ as: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
)

describe('bytes', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const writer = byteWriter()
        for (const { as, value } of parts)
          if (as === 'text') writer.text(value)
          else writer[as](value)
        const reader = byteReader(writer.finish())
        for (const { as, value } of parts) expect(reader[as]()).toEqual(value)
        reader.end()
      }),
    )
  })

  it('writes small numbers in one byte', () => {
    const writer = byteWriter()
    for (const value of [0, 1, -1, 63, -64]) writer.signed(value)
    expect(writer.finish()).toHaveLength(5)
  })

  it('refuses to read past the end, and what is no safe number', () => {
    const read = (...bytes: number[]) => byteReader(Uint8Array.from(bytes))
    expect(() => read().unsigned()).toThrow(RecordingError)
    expect(() => read(128).unsigned()).toThrow(RecordingError)
    expect(() => read(...Array.from({ length: 9 }, () => 255), 1).unsigned()).toThrow(
      RecordingError,
    )
    expect(() => read(1, 2, 3).float()).toThrow(RecordingError)
    expect(() => read(5, 97).text()).toThrow(RecordingError)
    expect(() => read(200, 1, 0).count()).toThrow(RecordingError)
    expect(() => read(0).end()).toThrow(RecordingError)
  })
})
