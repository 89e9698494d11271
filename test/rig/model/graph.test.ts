import { describe, expect, it } from 'vitest'
import { buildMeshModel } from '../../../main/mesh/index.ts'
import { buildGraph } from '../../../main/traffic/index.ts'
import {
  createModel,
  differences,
  edgesAnswer,
  modelSnapshot,
  modelTruth,
  seededClusters,
  separateMeshClusters,
} from './index.ts'
import type { Model } from './index.ts'
import { calmMs, incidentMs, models } from './testing.ts'

/** The product's graph against the model's truth, straight from columns: no server in between. */
describe('the graph that traffic makes of the columns', () => {
  it.each([
    { name: 'the demo', fleets: [models.demo], atMs: calmMs },
    { name: 'the demo in its incident', fleets: [models.demo], atMs: incidentMs },
    { name: '120 workloads', fleets: [models.larger], atMs: calmMs },
    {
      name: 'a mesh and two separate ones of the same names',
      fleets: [
        models.fifty,
        createModel({ workloads: 30, clusters: separateMeshClusters, seed: 7 }),
      ],
      atMs: calmMs,
    },
    {
      name: '400 workloads in four clusters',
      fleets: [createModel({ workloads: 400, clusters: seededClusters(4), seed: 21 })],
      atMs: calmMs,
    },
  ])('is the truth: $name, with objects and without', ({ fleets, atMs }) => {
    for (const objects of [true, false]) expectTruth(fleets, atMs, objects)
  })

  function expectTruth(fleets: readonly Model[], atMs: number, objects: boolean): void {
    const clusters = fleets.flatMap((model) =>
      model.topology.clusters.map(({ name }) => ({ name, model })),
    )
    const { edges } = buildGraph({
      atMs,
      windowSeconds: 60,
      model: objects ? buildMeshModel(modelSnapshot(fleets, atMs)) : null,
      clusters: clusters.map(({ name }) => ({ name, state: 'ready', ageSeconds: 0 })),
      answers: clusters.map(({ name, model }) => ({
        endpoint: name,
        clusters: [name],
        edges: edgesAnswer(model, name, {
          atMs,
          windowSeconds: 60,
          identity: objects ? 'lean' : 'full',
        }),
      })),
    })
    const truth = fleets.flatMap((model) => modelTruth(model, atMs, 60, { objects }).edges)
    const options = { tolerance: 1e-6, latency: false }
    expect(differences({ edges: truth }, edges, options)).toEqual([])
    const broken = edges.slice(1).concat(edges.slice(1, 2))
    expect(differences({ edges: truth }, broken, options)).toHaveLength(2)
  }
})
