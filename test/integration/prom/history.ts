/** A small mesh's counters over some minutes, with all that makes rates hard. */
export const history = {
  fromMs: Date.UTC(2026, 10, 23, 10, 0, 0),
  toMs: Date.UTC(2026, 10, 23, 10, 20, 0),
  scrapeMs: 15_000,
} as const

const bounds = ['0.5', '1', '5', '10', '25', '50', '100', '250', '1000', '+Inf']

interface Series {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly perSecond: number
}

/** The whole history in the OpenMetrics text format. */
export function openMetrics(): string {
  const random = generator(42)
  const byMetric = new Map<string, string[]>()
  for (const [index, series] of allSeries().entries()) {
    const lines = byMetric.get(series.metric) ?? []
    byMetric.set(series.metric, lines)
    const labels = Object.entries(series.labels).map(([name, value]) => `${name}="${value}"`)
    for (const [atMs, value] of samplesOf(index, series, random)) {
      lines.push(`${series.metric}{${labels.join(',')}} ${value} ${(atMs / 1000).toFixed(3)}`)
    }
  }
  const families = [...byMetric].map(([metric, lines]) => {
    // OpenMetrics knows counters by `_total`; parts of histograms go as untyped.
    const isCounter = metric.endsWith('_total')
    const type = `# TYPE ${metric.replace(/_total$/, '')} ${isCounter ? 'counter' : 'unknown'}`
    return [type, ...lines].join('\n')
  })
  return `${families.join('\n')}\n# EOF\n`
}

/** Scrapes on the dot or not, gaps, late starts, early ends, and counters that start again. */
function* samplesOf(
  index: number,
  { perSecond }: Series,
  random: () => number,
): Generator<readonly [number, number]> {
  const isAligned = index % 3 === 0
  const offsetMs = isAligned ? 0 : Math.floor(random() * history.scrapeMs)
  const spanMs = history.toMs - history.fromMs
  const startMs = history.fromMs + (index % 5 === 1 ? spanMs / 3 : 0)
  const endMs = history.toMs - (index % 7 === 2 ? spanMs / 3 : 0)
  let value = index % 4 === 0 ? 0 : Math.floor(random() * 1000)
  for (let at = startMs + offsetMs; at <= endMs; at += history.scrapeMs) {
    const jitterMs = isAligned ? 0 : Math.floor(random() * 900)
    if (random() < 0.04) continue
    if (random() < 0.03) value = 0
    yield [at + jitterMs, value]
    value += Math.round(perSecond * (history.scrapeMs / 1000) * (0.5 + random()))
  }
}

function allSeries(): Series[] {
  const calls = [
    call('c1/shop/web', 'c1/shop/cart', { pods: 2 }),
    call('c1/shop/web', 'c1/shop/cart', { pods: 2, code: '503', perSecond: 0.4 }),
    call('c1/shop/web', 'c1/shop/cart', { code: '503', flags: 'UF', only: 'source' }),
    call('c1/shop/cart', 'c1/data/stock', { protocol: 'grpc', grpc: '0' }),
    call('c1/shop/cart', 'c1/data/stock', { protocol: 'grpc', grpc: '13', perSecond: 0.3 }),
    call('c1/shop/web', 'c2/shop/mail', { only: 'source' }),
    call('c1/shop/web', 'unknown/unknown/unknown', {
      only: 'source',
      code: '503',
      flags: 'UH',
      service: 'old',
    }),
    call('unknown/unknown/unknown', 'c1/shop/web', { only: 'destination', mtls: false }),
    call('c1/shop/web', 'c1/amb/tea', { only: 'waypoint' }),
    call('c1/shop/web', 'c1/shop/idle', { perSecond: 0 }),
  ]
  return calls.flat()
}

interface CallOptions {
  readonly pods?: number
  readonly perSecond?: number
  readonly code?: string
  readonly grpc?: string
  readonly flags?: string
  readonly protocol?: 'http' | 'grpc'
  readonly only?: 'source' | 'destination' | 'waypoint'
  readonly service?: string
  readonly mtls?: boolean
}

function call(from: string, to: string, options: CallOptions): Series[] {
  const reporters =
    options.only === undefined ? (['source', 'destination'] as const) : [options.only]
  const pods = Array.from({ length: options.pods ?? 1 }, (_, pod) => `pod-${pod}`)
  const perSecond = options.perSecond ?? 7
  return reporters.flatMap((reporter) =>
    pods.flatMap((pod): Series[] => {
      const labels = labelsOf(from, to, reporter, pod, options)
      const series = (metric: string, rate: number, more = {}): Series => ({
        metric,
        labels: { ...labels, ...more },
        perSecond: rate,
      })
      const { response_code: _, request_protocol: __, ...tcpLabels } = labels
      const tcp = (metric: string, rate: number): Series => ({
        metric,
        labels: { ...tcpLabels, app: 'some' },
        perSecond: rate,
      })
      return [
        series('istio_requests_total', perSecond),
        series('istio_request_bytes_sum', perSecond * 300),
        series('istio_response_bytes_sum', perSecond * 4000),
        ...bounds.map((le, at) =>
          series(
            'istio_request_duration_milliseconds_bucket',
            (perSecond * (at + 1)) / bounds.length,
            { le },
          ),
        ),
        ...(options.code === undefined && options.grpc === undefined
          ? [tcp('istio_tcp_sent_bytes_total', 900), tcp('istio_tcp_received_bytes_total', 400)]
          : []),
      ]
    }),
  )
}

function labelsOf(
  from: string,
  to: string,
  reporter: string,
  pod: string,
  { code = '200', grpc, flags = '-', protocol = 'http', service, mtls = true }: CallOptions,
): Record<string, string> {
  const [sourceCluster = '', sourceNamespace = '', source = ''] = from.split('/')
  const [targetCluster = '', targetNamespace = '', target = ''] = to.split('/')
  const name = service ?? target
  const namespace = service === undefined ? targetNamespace : 'shop'
  const principal = (ns: string, workload: string) =>
    mtls && reporter !== 'source' ? `spiffe://td/ns/${ns}/sa/${workload}` : 'unknown'
  return {
    reporter,
    source_cluster: sourceCluster,
    source_workload_namespace: sourceNamespace,
    source_workload: source,
    source_principal: principal(sourceNamespace, source),
    source_canonical_service: source,
    source_canonical_revision: 'v1',
    destination_cluster: targetCluster,
    destination_workload_namespace: targetNamespace,
    destination_workload: target,
    destination_principal: principal(targetNamespace, target),
    destination_canonical_service: target,
    destination_canonical_revision: 'v2',
    destination_service: `${name}.${namespace}.svc.cluster.local`,
    destination_service_name: name,
    destination_service_namespace: namespace,
    request_protocol: protocol,
    response_code: code,
    ...(grpc === undefined ? {} : { grpc_response_status: grpc }),
    response_flags: flags,
    connection_security_policy: reporter === 'source' ? 'unknown' : mtls ? 'mutual_tls' : 'none',
    pod,
    instance: `10.0.0.${pod.length}:15020`,
  }
}

/** Numbers from 0 to 1 that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
