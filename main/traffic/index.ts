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
