/**
 * A second, plain way from emitted text to rates: reads the exposition format
 * and takes differences. It shares nothing with the truth, which is computed
 * from flows, so each can convict the other.
 */

/** One series as scraped twice. */
export interface CounterRate {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly perSecond: number
}

/** Samples of a text exposition by series; throws on a line that is none. */
function parseExposition(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const end = line.lastIndexOf(' ')
    const name = line.slice(0, end)
    const value = Number(line.slice(end + 1))
    if (Number.isNaN(value) || samples.has(name)) throw new Error(`bad or doubled sample: ${line}`)
    samples.set(name, value)
  }
  return samples
}

/** Increase per second of every series (of one metric, where given) between two expositions. */
export function counterRates(
  before: string,
  after: string,
  seconds: number,
  metric = '',
): CounterRate[] {
  const start = parseExposition(before)
  const wanted = [...parseExposition(after)].filter(([name]) => name.startsWith(metric))
  return wanted.map(([name, value]) => {
    const brace = name.indexOf('{')
    const labels = [...name.slice(brace).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = '', text = '']) => [label, text.replace(/\\(.)/g, '$1')] as const,
    )
    return {
      metric: name.slice(0, brace),
      labels: Object.fromEntries(labels),
      perSecond: (value - (start.get(name) ?? Number.NaN)) / seconds,
    }
  })
}
