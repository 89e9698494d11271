import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../../../main/traffic/index.ts'
import { startRig, type Rig } from '../../rig/index.ts'
import {
  clusterObjects,
  differences,
  createModel,
  modelTruth,
  seededClusters,
  writeBlocks,
} from '../../rig/model/index.ts'
import { ensureTools } from '../../rig/tools/index.ts'
import { clusterOf, expectAsPrometheusSays } from './checks.ts'

import { graphOfFleet } from './smm-graph.ts'

const windowSeconds = 60

describe('1,000 workloads in three clusters, from prepared history', () => {
  const model = createModel({ workloads: 1000, clusters: seededClusters(3), seed: 3 })
  // Some way back, so that nothing that runs now mixes in.
  const atMs = Math.floor(Date.now() / 60_000) * 60_000 - 1_800_000
  let rig: Rig
  let graph: Graph

  beforeAll(async () => {
    const { promtool } = await ensureTools(['promtool'])
    rig = await startRig({ clusters: 3 })
    await Promise.all(
      rig.clusters.map(async (cluster) => {
        const { prometheus, name } = cluster
        if (!prometheus) throw new Error(`no Prometheus in ${name}`)
        await Promise.all([
          cluster.apply(clusterObjects(model, name)),
          cluster
            .stopPrometheus()
            .then(() =>
              writeBlocks(model, name, prometheus.dataDir, {
                promtool,
                fromMs: atMs - 120_000,
                toMs: atMs,
                stepSeconds: 15,
                detail: 'rates',
              }),
            )
            .then(() => cluster.startPrometheus()),
        ])
      }),
    )
    graph = await graphOfFleet(rig, { atMs, windowSeconds })
  })

  afterAll(async () => {
    await rig?.stop()
  })

  it('shows every edge once, with its rates, responses and mTLS', () => {
    const truth = modelTruth(model, atMs, windowSeconds)
    expect(truth.edges.length).toBeGreaterThan(3500)
    expect(differences(truth, graph.edges, { tolerance: 0.01, latency: false })).toEqual([])
  })

  it('shows the rates that the same Prometheis answer', async () => {
    const count = await expectAsPrometheusSays(rig, model, graph, { atMs, windowSeconds })
    expect(count).toBeGreaterThan(3000)
  })

  it('shows edges across clusters', () => {
    const crossing = graph.edges.filter(
      ({ source, target }) => clusterOf(source) !== clusterOf(target),
    )
    expect(crossing.length).toBeGreaterThan(100)
  })
})
