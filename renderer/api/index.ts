export { createApi } from './client.ts'
export type { Api } from './client.ts'
export { browserPage, openSession, renewSession } from './session.ts'
export { applyFleetChange, fleetChanges } from './fleet.ts'
export type { Cluster, Fleet, Mesh } from './fleet.ts'
export { applyGraphChange, edgeLatencies, graphChanges } from './graph.ts'
export type {
  Graph,
  GraphBy,
  GraphCluster,
  GraphEdge,
  GraphNode,
  HealthReason,
  HealthStatus,
} from './graph.ts'
export { useLive } from './live.ts'
export type { Live } from './live.ts'
export { timelineQuery } from './timeline.ts'
