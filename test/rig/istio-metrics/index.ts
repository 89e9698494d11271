/** Objects that measure a mesh on process pods: the stand-in for Istio's metrics, and Istio's own Prometheus addon. */
import { readFileSync } from 'node:fs'
import type { Manifest } from '../cluster/index.ts'
import { parseManifests } from '../istio/index.ts'
import type { PodCluster } from '../pods/fleet.ts'
import { ensureTools, toolFile } from '../tools/index.ts'

const namespace = 'rig-system'
const name = 'istio-metrics-stand-in'

/** The stand-in as a pod that any Prometheus with Istio's scrape annotations finds. */
export function standInManifests(
  of: PodCluster,
  fleet: readonly PodCluster[],
): readonly Manifest[] {
  const labels = { app: name }
  const logs = fleet.map(({ spec, node }) => ({ name: spec.name, path: node.logs }))
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels: { ...labels, 'sidecar.istio.io/inject': 'false' },
            annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '15090' },
          },
          spec: {
            containers: [
              {
                name: 'stand-in',
                image: `rig/${name}:1`,
                env: [{ name: 'CLUSTER', value: of.spec.name }],
                volumeMounts: logs.map(({ name }) => ({
                  name,
                  mountPath: `/logs/${name}`,
                  readOnly: true,
                })),
                readinessProbe: { httpGet: { path: '/metrics', port: 15090 }, periodSeconds: 1 },
              },
            ],
            volumes: logs.map(({ name, path }) => ({ name, hostPath: { path } })),
          },
        },
      },
    },
  ]
}

/** Istio's Prometheus addon, which scrapes every `scrapeSeconds` instead of 15. */
export async function prometheusManifests(scrapeSeconds: number): Promise<readonly Manifest[]> {
  const tools = await ensureTools(['pilot-discovery'])
  const addon = readFileSync(
    toolFile(tools['pilot-discovery'], 'addons', 'prometheus.yaml'),
    'utf8',
  )
  const faster = addon
    .replace(/scrape_interval: 15s/, `scrape_interval: ${scrapeSeconds}s`)
    .replace(/scrape_timeout: 10s/, `scrape_timeout: ${Math.min(10, scrapeSeconds)}s`)
  return parseManifests(faster, 'istio-system')
}
