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
