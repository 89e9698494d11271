/** Counters and histograms with Istio's names, and their text for a Prometheus. */
import type { Labels } from './labels.ts'

/** Istio's histogram bounds. */
const bounds = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
] as const

interface Histogram {
  readonly labels: string
  readonly buckets: number[]
  sum: number
  count: number
}

/** Series that only ever grow. */
export interface Registry {
  count(name: string, labels: Labels, by?: number): void
  observe(name: string, labels: Labels, value: number): void
  /** Everything in Prometheus' text format. */
  text(): string
}

/** An empty registry. */
export function createRegistry(): Registry {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  return {
    count(name, labels, by = 1) {
      const series = ofName(counters, name)
      const key = labelText(labels)
      series.set(key, (series.get(key) ?? 0) + by)
    },
    observe(name, labels, value) {
      const series = ofName(histograms, name)
      const key = labelText(labels)
      const one = series.get(key) ?? { labels: key, buckets: bounds.map(() => 0), sum: 0, count: 0 }
      series.set(key, one)
      for (const [index, bound] of bounds.entries())
        if (value <= bound) one.buckets[index] = (one.buckets[index] ?? 0) + 1
      one.sum += value
      one.count++
    },
    text() {
      const lines: string[] = []
      for (const [name, series] of counters) {
        lines.push(`# TYPE ${name} counter`)
        for (const [labels, value] of series) lines.push(`${name}{${labels}} ${value}`)
      }
      for (const [name, series] of histograms) {
        lines.push(`# TYPE ${name} histogram`)
        for (const { labels, buckets, sum, count } of series.values()) {
          for (const [index, bound] of bounds.entries())
            lines.push(`${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`)
          lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`)
          lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}

function ofName<T>(all: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const series = all.get(name) ?? new Map<string, T>()
  all.set(name, series)
  return series
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join()
}
