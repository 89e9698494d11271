import type { SeriesTable } from '../prom/index.ts'
import type { Samples } from './chunk.ts'
import type { SeriesDictionary } from './series.ts'

/**
 * Decoded chunks of one metric as a table of series: their samples in the
 * left-open range (from, to], those of one series together and ascending in
 * time. Series without samples in it are there without samples.
 */
export function seriesTable(
  dictionary: SeriesDictionary,
  chunks: readonly Samples[],
  fromMs: number,
  toMs: number,
): SeriesTable {
  const { count, labels } = dictionary
  const isInside = (time: number | undefined) => time !== undefined && time > fromMs && time <= toMs
  // Counting sort by series: chunks are in order of time, and so are the rows of each series.
  const offsets = new Uint32Array(count + 1)
  for (const { series, atMs } of chunks)
    series.forEach((number, row) => {
      if (isInside(atMs[row])) offsets[number + 1] = (offsets[number + 1] ?? 0) + 1
    })
  for (let number = 0; number < count; number++)
    offsets[number + 1] = (offsets[number + 1] ?? 0) + (offsets[number] ?? 0)
  const next = offsets.slice()
  const times = new Float64Array(offsets[count] ?? 0)
  const values = new Float64Array(times.length)
  for (const chunk of chunks)
    chunk.series.forEach((number, row) => {
      const time = chunk.atMs[row]
      if (time === undefined || !isInside(time)) return
      const place = next[number] ?? 0
      next[number] = place + 1
      times[place] = time
      values[place] = chunk.values[row] ?? NaN
    })
  return { seriesCount: count, labels, offsets, atMs: times, values }
}
