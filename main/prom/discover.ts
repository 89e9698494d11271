/** What finding a Prometheus needs of a Service. */
export interface ServiceFacts {
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly ports: readonly { readonly port: number; readonly name: string | null }[]
}

/** A Service that looks like a query API, best first in a list of them. */
export interface PrometheusCandidate {
  readonly namespace: string
  readonly service: string
  readonly port: number
  /** Below which `/api/v1/query` is: empty, or as `/prometheus`. */
  readonly basePath: string
  readonly https: boolean
  /** What it was taken for, for a person. */
  readonly product: string
}

interface Signature {
  readonly product: string
  readonly matches: (service: ServiceFacts) => boolean
  /** Ports by name or number, in order of preference. */
  readonly ports: readonly (string | number)[]
  readonly basePath?: string
}

const app = (service: ServiceFacts) =>
  service.labels['app.kubernetes.io/name'] ?? service.labels['app'] ?? service.labels['k8s-app']
const component = (service: ServiceFacts) => service.labels['app.kubernetes.io/component']
const named = (service: ServiceFacts, ...names: readonly string[]) => names.includes(service.name)

/**
 * What query APIs look like, best first: one that was installed for the mesh,
 * then one Prometheus, then stores of many clusters, which hold this one's
 * series only if someone sends them there.
 */
const signatures: readonly Signature[] = [
  {
    product: 'Istio addon',
    matches: (service) => named(service, 'prometheus') && service.namespace === 'istio-system',
    ports: ['http', 9090],
  },
  {
    product: 'kube-prometheus-stack',
    matches: (service) =>
      app(service) === 'kube-prometheus-stack-prometheus' ||
      service.labels['self-monitor'] === 'true',
    ports: ['http-web', 'web', 9090],
  },
  {
    product: 'Prometheus operator',
    matches: (service) =>
      named(service, 'prometheus-operated', 'prometheus-k8s') ||
      service.labels['operated-prometheus'] === 'true',
    ports: ['web', 9090],
  },
  {
    product: 'Prometheus',
    matches: (service) =>
      (app(service) === 'prometheus' || named(service, 'prometheus', 'prometheus-server')) &&
      !['alertmanager', 'node-exporter', 'pushgateway', 'metrics'].includes(
        component(service) ?? '',
      ),
    ports: ['http', 'http-web', 'web', 9090, 80],
  },
  {
    product: 'VictoriaMetrics',
    matches: (service) =>
      app(service) === 'vmsingle' || /victoria-metrics.*single/.test(service.name),
    ports: ['http', 8429, 8428],
  },
  {
    product: 'VictoriaMetrics cluster',
    matches: (service) => app(service) === 'vmselect' || component(service) === 'vmselect',
    ports: ['http', 8481],
    basePath: '/select/0/prometheus',
  },
  {
    product: 'Thanos',
    matches: (service) =>
      /^thanos-quer(y|ier)/.test(app(service) ?? '') ||
      (component(service) === 'query-frontend' && app(service) === 'thanos') ||
      /thanos-quer(y|ier)/.test(service.name),
    ports: ['http', 'http-query', 9090, 10902],
  },
  {
    product: 'Mimir',
    matches: (service) =>
      app(service) === 'mimir' && /^(nginx|gateway|query-frontend)$/.test(component(service) ?? ''),
    ports: ['http-metric', 'http-metrics', 80, 8080],
    basePath: '/prometheus',
  },
]

/** Services of one cluster that look like a Prometheus-compatible query API, the likeliest first. */
export function findPrometheus(services: Iterable<ServiceFacts>): readonly PrometheusCandidate[] {
  const found: { readonly rank: number; readonly candidate: PrometheusCandidate }[] = []
  for (const service of services) {
    const rank = signatures.findIndex((signature) => signature.matches(service))
    const signature = signatures[rank]
    if (signature === undefined) continue
    const port = pickPort(service, signature.ports)
    if (port === null) continue
    const candidate = {
      namespace: service.namespace,
      service: service.name,
      port: port.port,
      basePath: signature.basePath ?? '',
      https: port.port === 443 || /https/.test(port.name ?? ''),
      product: signature.product,
    }
    found.push({ rank, candidate })
  }
  const place = ({ namespace, service }: PrometheusCandidate) => `${namespace}/${service}`
  return found
    .toSorted((a, b) => a.rank - b.rank || (place(a.candidate) < place(b.candidate) ? -1 : 1))
    .map(({ candidate }) => candidate)
}

function pickPort(service: ServiceFacts, wanted: readonly (string | number)[]) {
  for (const one of wanted) {
    const port = service.ports.find(({ port, name }) => port === one || name === one)
    if (port !== undefined) return port
  }
  const [only] = service.ports
  return service.ports.length === 1 && only !== undefined ? only : null
}
