import { plain } from './output.ts'

/** One column: its heading, how a row shows in it, and numbers to the right. */
export interface Column<T> {
  readonly heading: string
  readonly cell: (row: T) => string
  readonly right?: boolean
}

/** Rows in aligned columns under headings, ending in a newline. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ cell }) => plain(cell(row)).replaceAll('\n', ' '))),
  ]
  const widths = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, line[index]?.length ?? 0), 0),
  )
  return lines
    .map((line) =>
      line
        .map((cell, index) =>
          columns[index]?.right
            ? cell.padStart(widths[index] ?? 0)
            : cell.padEnd(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n')
}

/** A number for people: three significant digits, `-` where it is not known. */
export function number(value: number | null): string {
  if (value === null) return '-'
  if (value === 0 || Math.abs(value) >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

/** A ratio as per cent, `-` where it is not known. */
export function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${number(ratio * 100)}%`
}

/** Bytes per second with a unit, `-` where not known. */
export function bytesPerSecond(value: number | null): string {
  if (value === null) return '-'
  const units = ['B/s', 'KiB/s', 'MiB/s', 'GiB/s']
  let amount = value
  let unit = 0
  for (; amount >= 1024 && unit < units.length - 1; unit++) amount /= 1024
  return `${number(amount)} ${units[unit] ?? ''}`
}
