import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clusterObjects,
  clusterSeries,
  createModel,
  expositionText,
  modelTruth,
  seededClusters,
  separateMeshClusters,
} from './index.ts'
import { allRates, calmMs, models } from './testing.ts'

describe('seeded models', () => {
  it('give the same bytes for the same seed, and others for another', () => {
    const text = (seed: number): string => {
      const model = createModel({ workloads: 24, clusters: seededClusters(3), seed })
      return model.topology.clusters
        .map(({ name }) => expositionText(clusterSeries(model, name, 'full'), calmMs))
        .concat(JSON.stringify(modelTruth(model, calmMs, 60)))
        .concat(JSON.stringify(clusterObjects(model, 'eks-east')))
        .join('')
    }
    expect(text(5) === text(5)).toBe(true)
    expect(text(5) === text(6)).toBe(false)
  })

  it('have exactly the workloads asked for and about the edges asked for', () => {
    assert(
      property(
        integer({ min: 12, max: 120 }),
        integer({ min: 1, max: 4 }),
        integer(),
        (workloads, clusters, seed) => {
          const model = createModel({ workloads, clusters: seededClusters(clusters), seed })
          expect(model.topology.workloads).toHaveLength(workloads)
        },
      ),
      { numRuns: 15 },
    )
    const { edges } = modelTruth(models.larger, calmMs, 60)
    const mean = edges.length / 120
    expect(mean).toBeGreaterThan(3)
    expect(mean).toBeLessThan(6)
  })

  it('have every oddity a real fleet has', () => {
    const model = createModel({ workloads: 600, clusters: seededClusters(3), seed: 3 })
    const groups = [...model.groups.values()].flat()
    const some = (labels: Readonly<Record<string, string>>): boolean =>
      groups.some(
        (group) =>
          group.rate.some((part) => part > 0) &&
          Object.entries(labels).every(([name, value]) => group.labels[name] === value),
      )
    for (const flags of ['UF', 'UH', 'URX', 'UO', 'UT']) {
      expect(some({ reporter: 'source', response_flags: flags }), flags).toBe(true)
      expect(some({ reporter: 'destination', response_flags: flags }), flags).toBe(false)
    }
    expect(some({ response_code: '0', response_flags: 'DC' })).toBe(true)
    expect(some({ response_code: '404', reporter: 'destination' })).toBe(true)
    expect(some({ request_protocol: 'grpc', grpc_response_status: '13' })).toBe(true)
    expect(some({ reporter: 'waypoint' })).toBe(true)
    expect(some({ app: 'ztunnel', request_protocol: 'tcp', reporter: 'destination' })).toBe(true)
    expect(some({ source_workload: 'unknown', connection_security_policy: 'none' })).toBe(true)
    expect(some({ destination_service_name: 'PassthroughCluster' })).toBe(true)
    expect(some({ destination_service_name: 'BlackHoleCluster', response_code: '502' })).toBe(true)
    const unknownCluster = (side: string): boolean =>
      groups.some(
        ({ labels }) =>
          labels[`${side}_cluster`] === 'unknown' && labels[`${side}_workload`] !== 'unknown',
      )
    expect(unknownCluster('source')).toBe(true)
    expect(unknownCluster('destination')).toBe(true)
  })

  it('keep separate meshes apart, alike in names and different in rates', () => {
    const model = createModel({ workloads: 40, clusters: separateMeshClusters, seed: 7 })
    const names = (cluster: string): string[] =>
      model.topology.workloads
        .filter((workload) => workload.cluster === cluster)
        .map(({ namespace, name }) => `${namespace}/${name}`)
    expect(names('solo-a')).toEqual(names('solo-b'))
    const { edges } = modelTruth(model, calmMs, 60)
    expect(
      edges.some(({ source, target }) => source.includes('solo-a') && target.includes('solo-b')),
    ).toBe(false)
    const labels = new Set(allRates(model, calmMs).map((rate) => rate.labels['source_cluster']))
    expect(labels).toEqual(new Set(['Kubernetes', 'unknown']))
  })
})
