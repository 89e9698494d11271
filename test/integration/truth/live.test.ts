import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../../../main/traffic/index.ts'
import { startRig, type Rig } from '../../rig/index.ts'
import {
  clusterObjects,
  differences,
  createModel,
  modelTruth,
  seededClusters,
  separateMeshClusters,
  startExporters,
  type Exporters,
  type Model,
} from '../../rig/model/index.ts'
import { clusterOf, expectAsPrometheusSays } from './checks.ts'

import { momentWithData } from './prometheus-says.ts'
import { graphOfFleet, graphOfPrometheis } from './smm-graph.ts'

const windowSeconds = 20
const scrapeIntervalSeconds = 3

describe('50 workloads in three clusters and two separate meshes, scraped live', () => {
  const shared = createModel({ workloads: 50, clusters: seededClusters(3), seed: 7 })
  const separate = createModel({ workloads: 30, clusters: separateMeshClusters, seed: 7 })
  const models: readonly Model[] = [shared, separate]
  const exporters: Exporters[] = []
  let rig: Rig
  let graph: Graph
  let atMs: number

  beforeAll(async () => {
    rig = await startRig({ clusters: 3, separateMeshes: true, scrapeIntervalSeconds })
    for (const model of models) {
      const started = await startExporters(model)
      exporters.push(started)
      for (const { cluster, port } of started.exporters)
        rigCluster(cluster).prometheus?.addScrapeTargets('model', [
          { targets: [`127.0.0.1:${port}`] },
        ])
    }
    for (const model of models)
      await Promise.all(
        model.topology.clusters.map(({ name }) =>
          rigCluster(name).apply(clusterObjects(model, name)),
        ),
      )
    atMs = await momentWithData(
      rig.clusters.flatMap(({ prometheus }) => prometheus?.loopbackUrl ?? []),
      windowSeconds,
    )
    graph = await graphOfFleet(rig, { atMs, windowSeconds })
  })

  afterAll(async () => {
    await Promise.all(exporters.map((one) => one.close()))
    await rig?.stop()
  })

  function rigCluster(name: string) {
    const cluster = rig.clusters.find((one) => one.name === name)
    if (!cluster) throw new Error(`no cluster ${name} in the rig`)
    return cluster
  }

  it('shows every edge once, with its rates, responses, percentiles, bytes and mTLS', () => {
    const edges = models.flatMap((model) => modelTruth(model, atMs, windowSeconds).edges)
    expect(differences({ edges }, graph.edges, { tolerance: 0.01, latency: true })).toEqual([])
  })

  it('shows the same from the Prometheis alone, without objects', async () => {
    const { edges } = await graphOfPrometheis(rig, { atMs, windowSeconds })
    const truth = models.flatMap(
      (model) => modelTruth(model, atMs, windowSeconds, { objects: false }).edges,
    )
    expect(differences({ edges: truth }, edges, { tolerance: 0.01, latency: true })).toEqual([])
  })

  it('shows the rates that the same Prometheis answer', async () => {
    const counts = await Promise.all(
      models.map((model) => expectAsPrometheusSays(rig, model, graph, { atMs, windowSeconds })),
    )
    expect(counts.every((count) => count > 20)).toBe(true)
  })

  it('joins clusters of one mesh and no others', () => {
    const crossing = graph.edges
      .map(({ source, target }) => [clusterOf(source), clusterOf(target)] as const)
      .filter(([source, target]) => source !== target)
    expect(crossing.length).toBeGreaterThan(5)
    const alone = new Set(separateMeshClusters.map(({ name }) => name))
    expect(crossing.filter((pair) => pair.some((name) => alone.has(name)))).toEqual([])
    for (const name of alone)
      expect(graph.edges.some(({ source }) => clusterOf(source) === name)).toBe(true)
  })
})
