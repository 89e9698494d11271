/**
 * A query as data: written as PromQL for a Prometheus, or evaluated over
 * recorded samples, with the same meaning.
 */
export interface RateQuery {
  readonly select: Selector
  /** Labels to sum by. */
  readonly by: readonly string[]
  /** Whether series without traffic count; histograms and charts need their zeros. */
  readonly zeros: boolean
  /** Leaves out series that these account for by traffic of their own, matched on the labels `on`. */
  readonly unless?: { readonly select: Selector; readonly on: readonly string[] }
}

/** Series of one metric. */
export interface Selector {
  readonly metric: string
  readonly where: readonly Matcher[]
}

/** A label must (or must not) have one of these values, at least one; `''` is an absent label. */
export interface Matcher {
  readonly label: string
  readonly is: 'in' | 'notIn'
  readonly values: readonly string[]
}

/** A selector in PromQL, with more matchers (an endpoint's scope) added. */
export function selectorText(select: Selector, scope: readonly Matcher[] = []): string {
  const matchers = [...select.where, ...scope].map(matcherText)
  return `${select.metric}${matchers.length === 0 ? '' : `{${matchers.join(',')}}`}`
}

/** The query in PromQL, over a window, with matchers that every selector gets. */
export function rateText(
  query: RateQuery,
  windowSeconds: number,
  scope: readonly Matcher[] = [],
): string {
  const rate = (select: Selector) =>
    `rate(${selectorText(select, scope)}[${durationText(windowSeconds)}])`
  // Compared before they are summed up: most series then need not be grouped at all.
  const rates = `${rate(query.select)}${query.zeros ? '' : ' > 0'}`
  const { unless } = query
  const left =
    unless === undefined
      ? rates
      : `(${rates}) unless on (${unless.on.join(',')}) (${rate(unless.select)} > 0)`
  return `sum by (${query.by.join(',')}) (${left})`
}

/** A PromQL duration, to the millisecond. */
export function durationText(seconds: number): string {
  const ms = Math.max(1, Math.round(seconds * 1000))
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

function matcherText({ label, is, values }: Matcher): string {
  const [only] = values
  if (values.length === 1 && only !== undefined) {
    return `${label}${is === 'in' ? '=' : '!='}${quoted(only)}`
  }
  const pattern = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  return `${label}${is === 'in' ? '=~' : '!~'}${quoted(pattern)}`
}

function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`
}
