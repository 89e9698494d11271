import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelAt } from './columns.ts'
import { decodeMatrix, decodeScalar, decodeVector } from './decode.ts'
import { PrometheusError } from './error.ts'

const bytes = (value: unknown, space?: number) => Buffer.from(JSON.stringify(value, null, space))
const vector = (result: unknown) => ({ status: 'success', data: { resultType: 'vector', result } })

/** Characters that JSON escapes, that UTF-8 spreads over bytes, and plain ones. */
const text = fc.string({
  unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'é', '☂', '😀', ' ', '{'),
})

describe('decodeVector', () => {
  it('reads any label sets, whatever their order, escapes or white space', () => {
    const row = fc.record({
      labels: fc.dictionary(text, text, { maxKeys: 4 }),
      value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat()),
    })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        fc.constantFrom(undefined, 1),
        (rows, space) => {
          const result = rows.map(({ labels, value }, at) =>
            at % 2 === 0
              ? { metric: labels, value: [1.5, String(value)] }
              : { value: [1.5, String(value)], extra: [{ a: null }, true, -1e5], metric: labels },
          )
          const table = decodeVector(bytes(vector(result), space))
          expect(table.rowCount).toBe(rows.length)
          rows.forEach(({ labels, value }, at) => {
            expect(table.values['rate']?.[at]).toBe(Number(String(value)))
            for (const name of Object.keys(table.labels)) {
              expect(labelAt(table, name, at)).toBe(labels[name] ?? '')
            }
            for (const name of Object.keys(labels)) {
              expect(labelAt(table, name, at)).toBe(labels[name])
            }
          })
        },
      ),
    )
  })

  it('drops values that are not finite, and their labels with them', () => {
    const table = decodeVector(
      bytes(
        vector([
          { metric: { a: 'gone' }, value: [1, 'NaN'] },
          { metric: { b: 'x' }, value: [1, '2'] },
          { metric: { a: 'gone' }, value: [1, '+Inf'] },
        ]),
      ),
    )
    expect(table.rowCount).toBe(1)
    expect(labelAt(table, 'a', 0)).toBe('')
    expect(labelAt(table, 'b', 0)).toBe('x')
  })

  it('interns thousands of distinct values', () => {
    const result = Array.from({ length: 5000 }, (_, at) => ({
      metric: { name: `w${at % 3000}` },
      value: [1, '1'],
    }))
    const table = decodeVector(bytes(vector(result)))
    expect(table.labels['name']?.dictionary).toHaveLength(3001)
    for (let at = 0; at < 5000; at += 7) expect(labelAt(table, 'name', at)).toBe(`w${at % 3000}`)
  })

  it('says what is wrong with an answer that is none', () => {
    const whole = bytes(vector([{ metric: { a: 'b' }, value: [1, '1'] }]))
    expect(() => decodeVector(Buffer.from('<html><body>Sign in'))).toThrow(/HTML page/)
    expect(() => decodeVector(Buffer.from('nonsense'))).toThrow(PrometheusError)
    expect(() => decodeVector(bytes({ status: 'error', error: 'parse error' }))).toThrow(
      /parse error/,
    )
    expect(() => decodeVector(bytes({ status: 'success' }))).toThrow(/no result/)
    expect(() => decodeVector(bytes({ data: { resultType: 'matrix', result: [] } }))).toThrow(
      /vector/,
    )
    for (let end = 0; end < whole.length; end++) {
      expect(() => decodeVector(whole.subarray(0, end))).toThrow(/cut off/)
    }
  })

  it('never loops or crashes on damaged bytes', () => {
    const whole = bytes(vector([{ metric: { a: 'b', c: 'd' }, value: [1, '1'] }]))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(whole)
        damaged[at] = byte
        try {
          decodeVector(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(PrometheusError)
        }
      }),
    )
  })
})

describe('decodeMatrix', () => {
  it('keeps each series with its samples, times to the millisecond', () => {
    const table = decodeMatrix(
      bytes({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { a: 'x' },
              values: [
                [1700000000.123, '1'],
                [1700000015.123, '2.5'],
              ],
            },
            { metric: { a: 'y' }, values: [] },
            { metric: { a: 'z' }, values: [[1700000000.001, '7']] },
          ],
        },
      }),
    )
    expect([...table.offsets]).toEqual([0, 2, 2, 3])
    expect([...table.atMs]).toEqual([1700000000123, 1700000015123, 1700000000001])
    expect([...table.values]).toEqual([1, 2.5, 7])
  })
})

it('decodeScalar reads a scalar', () => {
  expect(
    decodeScalar(
      bytes({ status: 'success', data: { resultType: 'scalar', result: [1.5, '1700000000.5'] } }),
    ),
  ).toBe(1700000000.5)
})
