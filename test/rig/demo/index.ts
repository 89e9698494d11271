/** Objects of the demo application for process pods. */
import type { Manifest } from '../cluster/index.ts'

/** The demo's image. */
const demoImage = 'smm/demo:1'

/** One workload of the demo. */
export interface DemoWorkload {
  readonly name: string
  /** Service it is behind; its own name unless told. */
  readonly app?: string
  readonly version?: string
  readonly replicas?: number
  /** URLs it calls, each once per `callEveryMs` (1000). */
  readonly calls?: readonly string[]
  readonly callEveryMs?: number
  /** Also serves a TCP echo on 9000. */
  readonly tcp?: boolean
  readonly podLabels?: Readonly<Record<string, string>>
}

/** A namespace for demo workloads, with the labels that tell Istio to inject. */
export function demoNamespace(
  name: string,
  labels: Readonly<Record<string, string>> = { 'istio-injection': 'enabled' },
): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

/** ServiceAccount, Service and Deployment of a workload. */
export function demoWorkload(namespace: string, workload: DemoWorkload): readonly Manifest[] {
  const { name, app = name, version = 'v1', replicas = 1, calls = [], tcp = false } = workload
  const labels = { app, version, ...workload.podLabels }
  const env = {
    APP: app,
    VERSION: version,
    CALLS: calls.join(' '),
    CALL_EVERY_MS: String(workload.callEveryMs ?? 1000),
    ...(tcp ? { TCP_PORT: '9000' } : {}),
  }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: app, namespace } },
    demoService(namespace, app, tcp),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels: { app, version } },
      spec: {
        replicas,
        selector: { matchLabels: { app, version } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: app,
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'app',
                image: demoImage,
                env: Object.entries(env).map(([name, value]) => ({ name, value })),
                ports: [{ name: 'http', containerPort: 8080 }],
                readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
  ]
}

/** The Service of a demo app alone, as clusters have it that call it elsewhere. */
export function demoService(namespace: string, app: string, tcp = false): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, namespace, labels: { app } },
    spec: {
      selector: { app },
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        ...(tcp ? [{ name: 'tcp-echo', port: 9000, targetPort: 9000 }] : []),
      ],
    },
  }
}
