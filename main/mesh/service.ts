import type { KubeObject } from '../kube/index.ts'
import { nodeId } from './id.ts'
import type { Service } from './model.ts'
import { listAt, numberAt, stringAt, stringsAt, type Fields } from './read.ts'

/** Kubernetes Services of a cluster. */
export function servicesOf(cluster: string, services: readonly KubeObject[]): Service[] {
  return services.map((service) => {
    const { namespace = '', name } = service.metadata
    return {
      id: nodeId('service', cluster, namespace, name),
      cluster,
      namespace,
      name,
      kind: 'Service',
      hosts: [`${name}.${namespace}.svc.cluster.local`],
      ports: listAt(service, 'spec', 'ports').map(portOf),
    }
  })
}

/** The hosts that ServiceEntries add, one service for each host: telemetry knows them by host. */
export function serviceEntriesOf(cluster: string, entries: readonly KubeObject[]): Service[] {
  const byId = new Map<string, Service>()
  for (const entry of entries) {
    const { namespace = '' } = entry.metadata
    for (const host of stringsAt(entry, 'spec', 'hosts')) {
      const id = nodeId('service', cluster, namespace, host)
      if (byId.has(id)) continue
      byId.set(id, {
        id,
        cluster,
        namespace,
        name: host,
        kind: 'ServiceEntry',
        hosts: [host],
        ports: listAt(entry, 'spec', 'ports').map((port) => ({
          port: numberAt(port, 'number') ?? 0,
          name: stringAt(port, 'name'),
          protocol: (stringAt(port, 'protocol') ?? 'tcp').toLowerCase(),
        })),
      })
    }
  }
  return [...byId.values()]
}

const known = new Set([
  'http',
  'http2',
  'https',
  'grpc',
  'grpc-web',
  'tls',
  'tcp',
  'mongo',
  'mysql',
  'redis',
  'udp',
])

/** Istio's protocol selection: appProtocol, else the port name up to its first dash, else the transport. */
function portOf(port: Fields): Service['ports'][number] {
  const name = stringAt(port, 'name')
  const transport = (stringAt(port, 'protocol') ?? 'TCP').toLowerCase()
  const appProtocol = stringAt(port, 'appProtocol')?.replace(/^(kubernetes|istio)\.io\//, '')
  const fromName = name?.startsWith('grpc-web') ? 'grpc-web' : name?.split('-')[0]
  const declared = (appProtocol === 'h2c' ? 'http2' : appProtocol) ?? fromName ?? ''
  return {
    port: numberAt(port, 'port') ?? 0,
    name,
    protocol: known.has(declared.toLowerCase()) ? declared.toLowerCase() : transport,
  }
}
