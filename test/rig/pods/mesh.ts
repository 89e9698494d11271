/** One mesh over two clusters on two networks, with real istiod, Envoy and a calling demo. */
import { demoNamespace, demoService, demoWorkload } from '../demo/index.ts'
import {
  createMeshRoot,
  installEastWestGateway,
  installIstio,
  linkClusters,
  type IstioVersion,
} from '../istio/index.ts'
import { prometheusManifests, standInManifests } from '../istio-metrics/index.ts'
import type { Authority } from '../pki.ts'
import { startPodFleet, type PodCluster, type FleetOptions, type PodFleet } from './fleet.ts'
import { untilReady } from './wait.ts'

/** What a mesh is started with. */
export interface MeshOptions extends FleetOptions {
  readonly version?: IstioVersion
  /** How often each cluster's Prometheus scrapes; 5 unless told. */
  readonly scrapeSeconds?: number
}

/** A running mesh. */
export interface Mesh {
  readonly fleet: PodFleet
  readonly meshId: string
  /** Has `frontend`, and `backend` only as a Service. */
  readonly east: PodCluster
  /** Has `backend`. */
  readonly west: PodCluster
  readonly root: Authority
  stop(): Promise<void>
}

const meshId = 'mesh1'

/** Namespace of the demo in both clusters. */
const demoNamespaceName = 'demo'

/** Starts the mesh; resolves when every Deployment is Ready. */
export async function startMesh({
  version = '1.31.0',
  scrapeSeconds = 5,
  onProgress = () => {},
  ...where
}: MeshOptions = {}): Promise<Mesh> {
  const started = performance.now()
  const progress = (line: string): void =>
    onProgress(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`)
  const fleet = await startPodFleet(
    [
      { name: 'east', network: 'network-east', provider: 'eks' },
      { name: 'west', network: 'network-west', provider: 'gke' },
    ],
    { ...where, onProgress },
  )
  try {
    const [east, west] = fleet.clusters
    if (east === undefined || west === undefined) throw new Error('two clusters were asked for')
    progress('two clusters are up')
    const root = await createMeshRoot()
    await Promise.all(
      fleet.clusters.map(async (target) => {
        // Both of Istio's ways to install, one in each cluster.
        const by = target === west && version === '1.31.0' ? 'istioctl' : 'charts'
        await installIstio(target, { version, by, meshId, root })
        progress(`istiod ${version} is Ready in ${target.spec.name}`)
      }),
    )
    const namespace = demoNamespaceName
    await Promise.all([
      ...fleet.clusters.map((target) => installEastWestGateway(target, version)),
      linkClusters(fleet.clusters),
      applyDemo(east, west),
      ...fleet.clusters.map((target) => measure(target, fleet.clusters, scrapeSeconds)),
    ])
    await Promise.all([
      untilReady(east.api, namespace, 'frontend'),
      untilReady(west.api, namespace, 'backend'),
    ])
    progress('gateways and demo are Ready')
    return { fleet, meshId, east, west, root, stop: fleet.stop }
  } catch (error) {
    onProgress(fleet.notes.join('\n'))
    await fleet.stop()
    throw error
  }
}

/** Has the cluster's traffic measured, by Istio's addon and the stand-in for Istio's metrics. */
async function measure(
  target: PodCluster,
  fleet: readonly PodCluster[],
  scrapeSeconds: number,
): Promise<void> {
  await target.cluster.client.apply([
    ...standInManifests(target, fleet),
    ...(await prometheusManifests(scrapeSeconds)),
  ])
  await untilReady(target.api, 'istio-system', 'prometheus')
}

async function applyDemo(east: PodCluster, west: PodCluster): Promise<void> {
  const namespace = demoNamespaceName
  await Promise.all([
    east.cluster.client.apply([
      demoNamespace(namespace),
      demoService(namespace, 'backend', true),
      ...demoWorkload(namespace, { name: 'frontend', calls: [`http://backend.${namespace}/`] }),
    ]),
    west.cluster.client.apply([
      demoNamespace(namespace),
      ...demoWorkload(namespace, { name: 'backend', tcp: true }),
    ]),
  ])
}
