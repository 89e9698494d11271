/** From log lines of a whole fleet to the series of one cluster's proxies. */
import { istioLabels } from './labels.ts'
import { ipOf, requestIdOf, text, type LogRecord, type PodIdentity } from './record.ts'
import type { Registry } from './registry.ts'

/** How long a line waits for the other end's line of the same request. */
const pairWaitMs = 3000

interface Line {
  readonly record: LogRecord
  readonly pod: PodIdentity
  readonly atMs: number
}

interface Connection {
  sent: number
  received: number
}

/** Counts what proxies logged. */
export interface Meter {
  /** A line of a pod's proxy, of any cluster. */
  seen(record: LogRecord, pod: PodIdentity, nowMs: number): void
  /** Counts lines whose other end has not come in time. */
  expire(nowMs: number): void
}

/**
 * A meter that counts for the proxies of `cluster`. Istio's proxies tell each
 * other who they are; here the other end is the pod that logged the same
 * request ID, else the pod with the address seen, else unknown.
 */
export function createMeter(
  cluster: string,
  registry: Registry,
  podAt: (ip: string) => PodIdentity | null,
): Meter {
  const waiting = new Map<string, Line[]>()
  const connections = new Map<string, Connection>()

  const countHttp = ({ record, pod }: Line, peer: PodIdentity | null): void => {
    if (pod.cluster !== cluster) return
    const labels = istioLabels({ record, pod, peer: peer ?? podAt(otherIp(record)) })
    registry.count('istio_requests_total', labels)
    registry.observe('istio_request_duration_milliseconds', labels, Number(record.durationMs))
    registry.observe('istio_request_bytes', labels, Number(record.received))
    registry.observe('istio_response_bytes', labels, Number(record.sent))
  }

  const countTcp = (record: LogRecord, pod: PodIdentity): void => {
    if (pod.cluster !== cluster) return
    const peer = podAt(otherIp(record))
    const labels = istioLabels({ record, pod, peer })
    const key = `${pod.namespace}/${pod.name}/${record.connection}`
    const before = connections.get(key) ?? { sent: 0, received: 0 }
    if (!connections.has(key)) registry.count('istio_tcp_connections_opened_total', labels)
    const now = { sent: Number(record.sent), received: Number(record.received) }
    // Lines while a connection lives, and the one at its end, tell all bytes so far.
    registry.count('istio_tcp_sent_bytes_total', labels, Math.max(0, now.sent - before.sent))
    registry.count(
      'istio_tcp_received_bytes_total',
      labels,
      Math.max(0, now.received - before.received),
    )
    if (text(record.type) === 'TcpConnectionEnd' || text(record.type) === 'DownstreamEnd') {
      connections.delete(key)
      registry.count('istio_tcp_connections_closed_total', labels)
    } else connections.set(key, now)
  }

  return {
    seen(record, pod, nowMs) {
      if (record.protocol === 'tcp') return countTcp(record, pod)
      const id = requestIdOf(record)
      const line = { record, pod, atMs: nowMs }
      if (id === null) return countHttp(line, null)
      const others = waiting.get(id) ?? []
      const at = others.findIndex((other) => isOtherEnd(other.record, record))
      const other = others[at]
      if (other === undefined) {
        waiting.set(id, [...others, line])
        return
      }
      others.splice(at, 1)
      if (others.length === 0) waiting.delete(id)
      countHttp(line, other.pod)
      countHttp(other, pod)
    },
    expire(nowMs) {
      for (const [id, lines] of waiting) {
        const left = lines.filter((line) => nowMs - line.atMs < pairWaitMs)
        for (const line of lines) if (!left.includes(line)) countHttp(line, null)
        if (left.length === 0) waiting.delete(id)
        else waiting.set(id, left)
      }
    },
  }
}

function isOtherEnd(a: LogRecord, b: LogRecord): boolean {
  if (a.direction === b.direction) return false
  const [outbound, inbound] = a.direction === 'outbound' ? [a, b] : [b, a]
  // The proxies' own identities must be each other's peers, where both are told.
  const told = [outbound.upstreamPrincipal, inbound.ownPrincipal].map(text)
  return told.includes('') || told[0] === told[1]
}

function otherIp(record: LogRecord): string {
  return ipOf(record.direction === 'outbound' ? record.upstreamHost : record.remote)
}
