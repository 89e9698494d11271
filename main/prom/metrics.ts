/**
 * Istio's standard metrics and labels: the one table that queries, evaluation
 * over recorded samples and recordings are made from.
 */
export const metrics = {
  requests: 'istio_requests_total',
  durationBuckets: 'istio_request_duration_milliseconds_bucket',
  requestBytes: 'istio_request_bytes_sum',
  responseBytes: 'istio_response_bytes_sum',
  /** Named from the destination's side: what it received was sent by the source (istio/istio#32399). */
  tcpSentBytes: 'istio_tcp_received_bytes_total',
  tcpReceivedBytes: 'istio_tcp_sent_bytes_total',
} as const

/** Who sent, without what Kubernetes objects can tell. */
const source = ['source_cluster', 'source_workload_namespace', 'source_workload'] as const

/** Who answered, without what Kubernetes objects can tell. */
const destination = [
  'destination_cluster',
  'destination_workload_namespace',
  'destination_workload',
] as const

/** The service as Istio names it, where its FQDN alone is not enough. */
const service = ['destination_service_namespace', 'destination_service_name'] as const

/** Istio's app and version: canonical service and revision. */
const canonical = [
  'source_canonical_service',
  'source_canonical_revision',
  'destination_canonical_service',
  'destination_canonical_revision',
] as const

/** How a request ended. */
const response = [
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
] as const

/** How the connection was secured, which only the destination's side knows. */
const security = [
  'connection_security_policy',
  'source_principal',
  'destination_principal',
] as const

/** Istio’s labels, by what they are for. */
export const labels = {
  workloads: [...source, ...destination],
  service,
  canonical,
  response,
  security,
} as const

/** Every label a recording keeps of these metrics, besides `__name__`. */
export const keptLabels: readonly string[] = [
  'reporter',
  'app',
  ...source,
  ...destination,
  'destination_service',
  ...service,
  ...canonical,
  ...response,
  ...security,
  'le',
]

/** Every metric a recording keeps. */
export const keptMetrics: readonly string[] = Object.values(metrics)
