import { describe, expect, test } from 'vitest'
import { createMeter } from './meter.ts'
import { parseRecord, type LogRecord, type PodIdentity } from './record.ts'
import { createRegistry } from './registry.ts'

const pod = (cluster: string, name: string, ip: string): PodIdentity => ({
  cluster,
  namespace: 'demo',
  name: `${name}-1`,
  ip,
  workload: name,
  labels: { app: name, version: 'v1' },
})
const frontend = pod('east', 'frontend', '100.64.0.10')
const backend = pod('west', 'backend', '100.65.0.10')
const spiffe = (name: string) => `spiffe://cluster.local/ns/demo/sa/${name}`

function record(fields: Partial<LogRecord>): LogRecord {
  const line = JSON.stringify({
    rig: 'istio-metrics',
    direction: 'outbound',
    protocol: 'http',
    type: 'DownstreamEnd',
    connection: 1,
    requestId: 'r1',
    authority: 'backend.demo',
    contentType: null,
    code: 200,
    grpcStatus: null,
    flags: '-',
    durationMs: 7,
    received: 0,
    sent: 65,
    upstreamCluster: 'outbound|80||backend.demo.svc.cluster.local',
    upstreamHost: '198.19.1.1:15443',
    upstreamPrincipal: spiffe('backend'),
    upstreamOwnPrincipal: spiffe('frontend'),
    remote: '100.64.0.10:40000',
    local: '100.64.143.76:80',
    remotePrincipal: null,
    ownPrincipal: null,
    ...fields,
  })
  const parsed = parseRecord(line)
  if (parsed === null) throw new Error('not a record')
  return parsed
}
const outbound = record({})
const inbound = record({
  direction: 'inbound',
  upstreamCluster: 'inbound|8080||',
  upstreamHost: '100.65.0.10:8080',
  upstreamPrincipal: null,
  upstreamOwnPrincipal: null,
  remote: '169.254.1.1:28100',
  remotePrincipal: spiffe('frontend'),
  ownPrincipal: spiffe('backend'),
})

function measure(cluster: string, act: (meter: ReturnType<typeof createMeter>) => void): string[] {
  const registry = createRegistry()
  const byIp = new Map([frontend, backend].map((pod) => [pod.ip, pod]))
  act(createMeter(cluster, registry, (ip) => byIp.get(ip) ?? null))
  return registry.text().split('\n')
}
const requests = (lines: string[]) =>
  lines.filter((line) => line.startsWith('istio_requests_total{'))

describe('a request across networks', () => {
  test('is one series per reporter, with both ends known by the request’s ID', () => {
    for (const [first, second] of [
      [outbound, inbound],
      [inbound, outbound],
    ] as const)
      for (const [cluster, reporter, policy] of [
        ['east', 'source', 'unknown'],
        ['west', 'destination', 'mutual_tls'],
      ] as const) {
        const of = (one: LogRecord) => (one === outbound ? frontend : backend)
        const lines = requests(
          measure(cluster, (meter) => {
            meter.seen(first, of(first), 0)
            meter.seen(second, of(second), 10)
            meter.expire(60_000)
          }),
        )
        expect(lines).toHaveLength(1)
        for (const label of [
          `reporter="${reporter}"`,
          'source_workload="frontend"',
          'source_cluster="east"',
          'destination_workload="backend"',
          'destination_cluster="west"',
          'destination_service="backend.demo.svc.cluster.local"',
          `destination_principal="${spiffe('backend')}"`,
          `connection_security_policy="${policy}"`,
        ])
          expect(lines[0]).toContain(label)
        expect(lines[0]).toMatch(/ 1$/)
      }
  })

  test('that never arrived is counted once its other end has not come', () => {
    const failed = record({ code: 503, flags: 'UF', upstreamPrincipal: null })
    const seen = (untilMs: number) =>
      requests(
        measure('east', (meter) => {
          meter.seen(failed, frontend, 0)
          meter.expire(untilMs)
        }),
      )
    expect(seen(1000)).toEqual([])
    const [line] = seen(5000)
    expect(line).toContain('response_code="503",response_flags="UF"')
    expect(line).toContain('destination_workload="unknown"')
    expect(line).toContain('destination_service_name="backend"')
  })
})

test('a connection’s bytes are counted as they grow, and it is opened and closed once', () => {
  const tcp = (fields: Partial<LogRecord>) =>
    record({ protocol: 'tcp', requestId: null, ...fields })
  const lines = measure('east', (meter) => {
    meter.seen(tcp({ type: 'TcpPeriodic', sent: 10, received: 1 }), frontend, 0)
    meter.seen(tcp({ type: 'TcpPeriodic', sent: 25, received: 1 }), frontend, 1)
    meter.seen(tcp({ type: 'TcpConnectionEnd', sent: 30, received: 2 }), frontend, 2)
  })
  const value = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}{`)).map((line) => line.split('} ')[1])
  expect(value('istio_tcp_sent_bytes_total')).toEqual(['30'])
  expect(value('istio_tcp_received_bytes_total')).toEqual(['2'])
  expect(value('istio_tcp_connections_opened_total')).toEqual(['1'])
  expect(value('istio_tcp_connections_closed_total')).toEqual(['1'])
})

test('other lines of a proxy’s output are no records', () => {
  expect(parseRecord('2026-11-23T13:10:39Z info Envoy proxy is ready')).toBeNull()
  expect(parseRecord('{"rig":"something"}')).toBeNull()
  expect(parseRecord('{"rig":"istio-metrics"')).toBeNull()
})
