export { ContextChoiceError } from './choose.ts'
export { createLiveFleet, type LiveFleetOptions } from './live.ts'
export { createPrometheusFleet } from './prometheus-fleet.ts'
export { whenSettled } from './settle.ts'
export type {
  ClusterSnapshot,
  ClusterStatus,
  ConnectionState,
  EndpointAnswer,
  FleetSnapshot,
  FleetSource,
  TelemetryStatus,
  Timeline,
} from './source.ts'
export type { NamedPrometheus } from './telemetry.ts'
