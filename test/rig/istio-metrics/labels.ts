/** Istio's standard labels, from what a proxy logged and who its pod and peer are. */
import { text, type LogRecord, type PodIdentity } from './record.ts'

/** Labels of a series, in Istio's order. */
export type Labels = Readonly<Record<string, string>>

/** A log line with the pod that wrote it and, where it is known, the pod at the other end. */
export interface Seen {
  readonly record: LogRecord
  readonly pod: PodIdentity
  readonly peer: PodIdentity | null
}

/** Labels of `istio_requests_total` and its kin (HTTP, gRPC), or of the TCP series. */
export function istioLabels({ record, pod, peer }: Seen): Labels {
  const outbound = record.direction === 'outbound'
  const [source, destination] = outbound ? [pod, peer] : [peer, pod]
  const principals = outbound
    ? [record.upstreamOwnPrincipal, record.upstreamPrincipal]
    : [record.remotePrincipal, record.ownPrincipal]
  const secure = text(principals[0]) !== '' && text(principals[1]) !== ''
  return {
    reporter: outbound ? 'source' : 'destination',
    ...side('source', source, secure ? text(principals[0]) : 'unknown'),
    ...side('destination', destination, secure ? text(principals[1]) : 'unknown'),
    ...service(record, destination),
    request_protocol: protocolOf(record),
    ...(record.protocol === 'tcp' ? {} : { response_code: text(record.code) || '0' }),
    ...(isGrpc(record) ? { grpc_response_status: text(record.grpcStatus) } : {}),
    response_flags: text(record.flags) || '-',
    connection_security_policy: outbound ? 'unknown' : secure ? 'mutual_tls' : 'none',
  }
}

function side(which: 'source' | 'destination', pod: PodIdentity | null, principal: string): Labels {
  const labels = pod?.labels ?? {}
  const app = labels['app'] ?? labels['app.kubernetes.io/name']
  const version = labels['version'] ?? labels['app.kubernetes.io/version']
  return {
    [`${which}_workload`]: pod?.workload ?? 'unknown',
    [`${which}_canonical_service`]:
      labels['service.istio.io/canonical-name'] ?? app ?? pod?.workload ?? 'unknown',
    [`${which}_canonical_revision`]:
      labels['service.istio.io/canonical-revision'] ?? version ?? 'latest',
    [`${which}_workload_namespace`]: pod?.namespace ?? 'unknown',
    [`${which}_principal`]: principal,
    [`${which}_app`]: app ?? 'unknown',
    [`${which}_version`]: version ?? 'unknown',
    [`${which}_cluster`]: pod?.cluster ?? 'unknown',
  }
}

/** The service called, as the name of Envoy's cluster (`outbound|80||HOST`) or the request tells. */
function service(record: LogRecord, destination: PodIdentity | null): Labels {
  const cluster = text(record.upstreamCluster)
  const named = /^outbound_?[|.](\d+)[_]?[|.][^|]*[|.](.+)$/.exec(cluster)
  const called =
    record.direction === 'outbound'
      ? (named?.[2] ?? null)
      : text(record.authority).replace(/:\d+$/, '') || null
  if (record.direction === 'outbound' && called === null)
    return {
      destination_service: text(record.authority) || 'unknown',
      destination_service_name: cluster === '' ? 'unknown' : cluster,
      destination_service_namespace: 'unknown',
    }
  return hostLabels(called, destination)
}

function hostLabels(host: string | null, destination: PodIdentity | null): Labels {
  const full = /^([^.]+)\.([^.]+)\.svc\./.exec(host ?? '')
  if (full !== null)
    return {
      destination_service: host ?? 'unknown',
      destination_service_name: full[1] ?? 'unknown',
      destination_service_namespace: full[2] ?? 'unknown',
    }
  // At the destination the request names the service as its caller did, often without its domain.
  const app = destination?.labels['app']
  if (destination !== null && app !== undefined)
    return {
      destination_service: `${app}.${destination.namespace}.svc.cluster.local`,
      destination_service_name: app,
      destination_service_namespace: destination.namespace,
    }
  return {
    destination_service: host ?? 'unknown',
    destination_service_name: host ?? 'unknown',
    destination_service_namespace: destination?.namespace ?? 'unknown',
  }
}

function isGrpc(record: LogRecord): boolean {
  return text(record.contentType).startsWith('application/grpc')
}

function protocolOf(record: LogRecord): string {
  return record.protocol === 'tcp' ? 'tcp' : isGrpc(record) ? 'grpc' : 'http'
}
