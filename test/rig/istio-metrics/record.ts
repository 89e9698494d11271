/** One line of the access log that the rig has proxies write, and who its ends are. */

/** Fields of a log line: name to Envoy's command operator. Every line also says `rig: istio-metrics`. */
export const logFormat = {
  type: '%ACCESS_LOG_TYPE%',
  connection: '%CONNECTION_ID%',
  requestId: '%REQ(X-REQUEST-ID)%',
  authority: '%REQ(:AUTHORITY)%',
  contentType: '%REQ(CONTENT-TYPE)%',
  code: '%RESPONSE_CODE%',
  grpcStatus: '%GRPC_STATUS_NUMBER%',
  flags: '%RESPONSE_FLAGS%',
  durationMs: '%DURATION%',
  received: '%BYTES_RECEIVED%',
  sent: '%BYTES_SENT%',
  upstreamCluster: '%UPSTREAM_CLUSTER_RAW%',
  upstreamHost: '%UPSTREAM_HOST%',
  upstreamPrincipal: '%UPSTREAM_PEER_URI_SAN%',
  upstreamOwnPrincipal: '%UPSTREAM_LOCAL_URI_SAN%',
  remote: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
  local: '%DOWNSTREAM_LOCAL_ADDRESS%',
  remotePrincipal: '%DOWNSTREAM_PEER_URI_SAN%',
  ownPrincipal: '%DOWNSTREAM_LOCAL_URI_SAN%',
} as const

/** A log line; a field Envoy had nothing for is null or `-`. */
export type LogRecord = {
  readonly [field in keyof typeof logFormat]: string | number | null
} & {
  readonly rig: 'istio-metrics'
  readonly direction: 'inbound' | 'outbound'
  readonly protocol: 'http' | 'tcp'
}

/** A pod as the rig's runner describes it beside its logs. */
export interface PodIdentity {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly ip: string
  readonly workload: string
  readonly labels: Readonly<Record<string, string>>
}

/** The record of a line of a proxy's output, or null when the line is something else. */
export function parseRecord(line: string): LogRecord | null {
  if (!line.startsWith('{') || !line.includes('"istio-metrics"')) return null
  try {
    const record = JSON.parse(line) as Partial<LogRecord>
    return record.rig === 'istio-metrics' ? (record as LogRecord) : null
  } catch {
    return null
  }
}

/** Text of a field, empty where Envoy had nothing. */
export function text(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === '-' ? '' : String(value)
}

/** The address without its port. */
export function ipOf(address: string | number | null): string {
  return text(address).replace(/:\d+$/, '')
}

/** Whether the line tells of a call that is over (HTTP), or of a connection's way so far (TCP). */
export function requestIdOf(record: LogRecord): string | null {
  return record.protocol === 'http' && text(record.requestId) !== '' ? text(record.requestId) : null
}
