export { ContextChoiceError } from './choose.ts'
export { createLiveFleet, type LiveFleetOptions } from './live.ts'
export { createPrometheusFleet } from './prometheus-fleet.ts'
export type {
  ClusterSnapshot,
  ClusterStatus,
  EndpointAnswer,
  FleetSnapshot,
  FleetSource,
  Timeline,
} from './source.ts'
