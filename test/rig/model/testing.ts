import { counterRates } from './counters.ts'
import type { CounterRate } from './counters.ts'
import {
  clusterSeries,
  createDemoModel,
  createModel,
  expositionText,
  seededClusters,
} from './index.ts'
import type { Detail, Model } from './index.ts'

/** Two minutes into a loop of the demo: nothing is wrong. */
export const calmMs = Date.UTC(2026, 10, 23, 12, 2, 0)
/** A minute that lies wholly in the demo's incident ends here. */
export const incidentMs = Date.UTC(2026, 10, 23, 12, 6, 30)

/** Models every property must hold for. */
export const models = {
  demo: createDemoModel(),
  fifty: createModel({ workloads: 50, clusters: seededClusters(3), seed: 7 }),
  larger: createModel({ workloads: 120, clusters: seededClusters(3), seed: 11 }),
}

/** Rates of one cluster's series over the minute that ends at a time, from its text. */
export function ratesOf(
  model: Model,
  cluster: string,
  atMs: number,
  detail: Detail = 'rates',
  metric = '',
): CounterRate[] {
  const series = clusterSeries(model, cluster, detail)
  const before = expositionText(series, atMs - 60_000)
  return counterRates(before, expositionText(series, atMs), 60, metric)
}

/** The same of all clusters. */
export function allRates(model: Model, atMs: number, detail?: Detail): CounterRate[] {
  return model.topology.clusters.flatMap(({ name }) => ratesOf(model, name, atMs, detail))
}

/** Sum of rates. */
export function sumOf(rates: readonly CounterRate[]): number {
  return rates.reduce((sum, { perSecond }) => sum + perSecond, 0)
}
