import type { ClusterSnapshot, ClusterStatus, EndpointAnswer } from '../../../main/fleet/index.ts'
import type { KubeObject } from '../../../main/kube/index.ts'
import type { SamplesQuestion, Table } from '../../../main/prom/index.ts'
import type { AnswerWithRange } from '../../../main/recording/index.ts'

/** Recorded time at which the tests' recordings begin. */
export const BEGIN_MS = Date.UTC(2026, 0, 1)

/** A ready cluster's status. */
export function status(name: string, changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    name,
    contexts: [name],
    uid: `uid-${name}`,
    identityAssumed: false,
    state: 'ready',
    sinceMs: BEGIN_MS - 1000,
    reason: null,
    remedy: null,
    kubernetesVersion: 'v1.37.2',
    telemetry: {
      state: 'ready',
      endpoint: 'Service istio-system/prometheus',
      reason: null,
      remedy: null,
      answeredMs: null,
    },
    ...changes,
  }
}

/** A Service; `version` makes it differ. */
export function service(name: string, version = '1'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { version } },
    spec: { type: 'ClusterIP' },
  }
}

/** A cluster with these Services. */
export function cluster(name: string, services: readonly KubeObject[]): ClusterSnapshot {
  return { status: status(name), objects: { Service: services }, unreadable: { Pod: 'forbidden' } }
}

/** One sample of a request counter. */
export interface Sample {
  readonly workload: string
  readonly atMs: number
  readonly value: number
  readonly series?: string
}

/** Request counters as a `samples` answer has them. */
function samplesTable(samples: readonly Sample[]): Table {
  const column = (value: (sample: Sample) => string) => {
    const dictionary = ['', ...new Set(samples.map(value).filter((text) => text !== ''))]
    return { dictionary, codes: Uint32Array.from(samples, (one) => dictionary.indexOf(value(one))) }
  }
  return {
    rowCount: samples.length,
    labels: {
      __name__: column(() => 'istio_requests_total'),
      reporter: column(() => 'destination'),
      destination_workload: column(({ workload }) => workload),
      request_protocol: column(() => 'http'),
      response_code: column(() => '200'),
      series: column(({ series }) => series ?? ''),
    },
    values: {
      atMs: Float64Array.from(samples, ({ atMs }) => atMs),
      value: Float64Array.from(samples, ({ value }) => value),
    },
  }
}

/** What endpoint `prometheus-NAME` of a cluster answers. */
export function answer(
  name: string,
  fromMs: number,
  samples: readonly Sample[] | { readonly reason: string },
): AnswerWithRange {
  const common = { endpoint: `prometheus-${name}`, clusters: [name], ageSeconds: 0 }
  const answer: EndpointAnswer<SamplesQuestion> =
    'reason' in samples
      ? { ...common, ok: false, reason: samples.reason, remedy: 'Restart it.' }
      : { ...common, ok: true, answer: { name: 'samples', samples: samplesTable(samples) } }
  return { fromMs, answer }
}
