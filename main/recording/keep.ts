/**
 * What of a value a recording keeps:
 * `scalar` a string, number or boolean; `strings` a map of strings, as labels
 * are; `measured` type and length of a scalar, for what users may put values
 * in; an object the named fields, of each element where the value is an array;
 * `each` one rule for every entry of a map; a function whatever it returns.
 * What a rule does not expect is dropped.
 */
export type Keep =
  | 'scalar'
  | 'strings'
  | 'measured'
  | { readonly each: Keep }
  | { readonly fields: Readonly<Record<string, Keep>> }
  | ((value: unknown) => unknown)

/** Longest string that is kept; a longer one is no name, mode or address. */
const LONGEST_TEXT = 4096

/** The part of `value` that `rule` keeps; undefined when nothing is. */
export function keep(value: unknown, rule: Keep): unknown {
  if (value === undefined || value === null) return undefined
  if (typeof rule === 'function') return rule(value)
  if (Array.isArray(value))
    return value.flatMap((element: unknown) => {
      const kept = Array.isArray(element) ? undefined : keep(element, rule)
      return kept === undefined ? [] : [kept]
    })
  if (rule === 'scalar') return scalar(value)
  if (rule === 'measured') return measured(value)
  if (!isRecord(value)) return undefined
  if (rule === 'strings')
    return entries(value, (text) => (typeof text === 'string' ? scalar(text) : undefined))
  if ('each' in rule) return entries(value, (inner) => keep(inner, rule.each))
  const { fields } = rule
  return entries(value, (inner, name) =>
    Object.hasOwn(fields, name) ? keep(inner, fields[name] ?? (() => undefined)) : undefined,
  )
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function scalar(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

function measured(value: unknown): unknown {
  if (typeof value === 'string') return `(not recorded: string of ${value.length} characters)`
  if (isRecord(value)) return entries(value, measured)
  return `(not recorded: ${typeof value})`
}

/** Builds without a prototype's setters: a hostile `__proto__` stays a name like any other. */
function entries(
  value: Readonly<Record<string, unknown>>,
  map: (inner: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const kept = map(inner, name)
      return kept === undefined ? [] : [[name, kept]]
    }),
  )
}
