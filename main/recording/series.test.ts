import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordingError } from './error.ts'
import { decodeSeries, emptyDictionary, encodeSeries, inOrder } from './series.ts'
import type { SeriesDictionary, SeriesLabels } from './series.ts'

const labels = fc.dictionary(
  fc.constantFrom('le', 'reporter', 'source_workload', '__proto__x', 'destination_service'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
)

function labelsOf(dictionary: SeriesDictionary): SeriesLabels[] {
  return Array.from({ length: dictionary.count }, (_, series) =>
    Object.fromEntries(
      Object.entries(dictionary.labels)
        .map(
          ([name, column]) => [name, column.dictionary[column.codes[series] ?? 0] ?? ''] as const,
        )
        .filter(([, text]) => text !== ''),
    ),
  )
}

describe('series dictionaries', () => {
  it('give back the labels of every series, batch by batch', () => {
    fc.assert(
      fc.property(fc.array(fc.array(labels)), (batches) => {
        let dictionary = emptyDictionary
        for (const batch of batches)
          dictionary = decodeSeries(encodeSeries(batch).bytes, dictionary)
        expect(labelsOf(dictionary)).toEqual(batches.flat())
      }),
    )
  })

  it('make the buckets of one histogram neighbours, upwards', () => {
    const bucket = (workload: string, le: string): SeriesLabels => ({
      source_workload: workload,
      le,
    })
    const series = inOrder(
      [
        bucket('b', '10'),
        bucket('a', '+Inf'),
        bucket('a', '10'),
        bucket('a', '5'),
        { source_workload: 'a' },
      ].map((labels) => ({ labels })),
    ).map(({ labels }) => labels)
    expect(series.map((own) => own['le'])).toEqual([undefined, '5', '10', '+Inf', '10'])
    const { neighbours } = decodeSeries(encodeSeries(series).bytes, emptyDictionary)
    expect([...neighbours]).toEqual([-1, -1, 1, 2, -1])
  })

  it('refuse more labels than a metric has', () => {
    const many = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`l${index}`, 'x']))
    expect(() => decodeSeries(encodeSeries([many]).bytes, emptyDictionary)).toThrow(
      /too many labels/,
    )
  })

  it('refuse any bytes that are no dictionary, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeSeries(bytes, emptyDictionary)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
