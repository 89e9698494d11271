export { buildGraph } from './build.ts'
export { diffGraph, edgeId, type GraphChange } from './diff.ts'
export type {
  Graph,
  GraphCluster,
  GraphEdge,
  GraphNode,
  GraphResponse,
  Health,
  HealthReason,
  HealthStatus,
} from './graph.ts'
export type { GraphGrouping, GraphInput, TelemetryAnswer } from './input.ts'
export type { Tolerance } from './tolerance.ts'
