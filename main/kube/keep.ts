/**
 * Which fields of an object to keep: `true` keeps a value whole, an object
 * keeps the named fields, a function chooses; applied to an array it is applied
 * to each element (a function gets the array). An allow-list: what is not named
 * is dropped.
 */
export type Mask = true | { readonly [field: string]: Mask } | ((value: unknown) => unknown)

/** The part of `value` that `mask` names; undefined when nothing of it is there. */
export function keep(value: unknown, mask: Mask): unknown {
  if (value === undefined || value === null) return undefined
  if (mask === true) return value
  if (typeof mask === 'function') return mask(value)
  if (Array.isArray(value)) return value.map((element) => keep(element, mask) ?? {})
  if (!isRecord(value)) return undefined
  const kept: Record<string, unknown> = {}
  for (const field in mask) {
    const fieldMask = mask[field]
    if (fieldMask === undefined) continue
    const inner = keep(value[field], fieldMask)
    if (inner !== undefined) kept[field] = inner
  }
  return kept
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
