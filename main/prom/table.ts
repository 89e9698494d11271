/**
 * Columns: how telemetry travels through this product. One answer of a
 * Prometheus becomes one table of typed arrays, never an object per series.
 */

/**
 * A column of strings: row `i` holds `dictionary[codes[i]]`. `dictionary[0]` is
 * always `''` (label absent). A string may stand in the dictionary more than
 * once: compare strings, not codes.
 */
export interface LabelColumn {
  readonly dictionary: readonly string[]
  readonly codes: Uint32Array
}

/**
 * Rows of labels and numbers. A label that no row carries may be left out of
 * `labels` altogether: readers treat a missing column as `''` in every row.
 */
export interface Table {
  readonly rowCount: number
  readonly labels: Readonly<Record<string, LabelColumn>>
  readonly values: Readonly<Record<string, Float64Array>>
}
