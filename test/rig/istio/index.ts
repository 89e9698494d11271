/** Istio on clusters of process pods, by its own charts. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../cluster/index.ts'
import { createAuthority, type Authority } from '../pki.ts'
import type { PodCluster } from '../pods/fleet.ts'
import { run } from '../pods/shell.ts'
import { untilReady } from '../pods/wait.ts'
import { ensureTools } from '../tools/index.ts'
import { parseManifests, renderByIstioctl, renderChart, type IstioVersion } from './charts.ts'

export { parseManifests, type IstioVersion } from './charts.ts'

/** Where Istio lives on the rig. */
export const istioNamespace = 'istio-system'

/** The authority that several clusters of one mesh share. */
export function createMeshRoot(): Promise<Authority> {
  return createAuthority('Root CA', 'mesh.example')
}

/** How Istio is installed in one cluster. */
export interface IstioOptions {
  readonly version: IstioVersion
  /** Revision; the default one when left out. */
  readonly revision?: string
  readonly meshId: string
  /** Whose manifests: those of the charts, or of `istioctl manifest generate` (1.31 only). */
  readonly by?: 'charts' | 'istioctl'
  /** Root of trust; istiod makes its own when left out. */
  readonly root?: Authority
  /** Further values of the chart `istiod`. */
  readonly values?: Readonly<Record<string, unknown>>
}

/** Values of the chart `istiod` for one cluster of a mesh. */
function istiodValues(
  { spec }: PodCluster,
  { version, revision, meshId, values }: IstioOptions,
): Readonly<Record<string, unknown>> {
  return {
    ...(revision === undefined ? {} : { revision }),
    ...values,
    global: {
      hub: 'registry.istio.io/release',
      tag: version,
      meshID: meshId,
      multiCluster: { clusterName: spec.name },
      network: spec.network,
    },
  }
}

/**
 * Installs Istio's charts, or what istioctl writes; resolves when istiod is
 * Ready by its own Deployment.
 */
export async function installIstio(target: PodCluster, options: IstioOptions): Promise<void> {
  const { root, revision, by = 'charts' } = options
  const { client } = target.cluster
  const labels = { 'topology.istio.io/network': target.spec.network }
  const name = revision === undefined ? 'istiod' : `istiod-${revision}`
  const values = istiodValues(target, options)
  const rendered =
    by === 'charts'
      ? await renderCharts(name, values, options)
      : await renderByIstioctl(istioNamespace, values)
  await client.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: istioNamespace, labels } },
    ...(root === undefined ? [] : [await meshCertificates(target.spec.name, root)]),
  ])
  await client.apply(rendered)
  await untilReady(target.api, istioNamespace, name)
}

/** The chart `istiod`, and for the default revision `base`, which a cluster has once. */
async function renderCharts(
  name: string,
  values: Readonly<Record<string, unknown>>,
  { version, revision }: IstioOptions,
): Promise<readonly Manifest[]> {
  const namespace = istioNamespace
  const chart = 'istio-control/istio-discovery'
  const [base, istiod] = await Promise.all([
    revision === undefined
      ? renderChart({ version, chart: 'base', name: 'istio-base', namespace, values: {} })
      : [],
    renderChart({ version, chart, name, namespace, values }),
  ])
  return [...base, ...istiod]
}

/** The Secret `cacerts` with this cluster's intermediate below the mesh's root. */
async function meshCertificates(cluster: string, root: Authority): Promise<Manifest> {
  const own = await root.issueAuthority(`${cluster} intermediate CA`)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cacerts', namespace: istioNamespace },
    stringData: {
      'ca-cert.pem': own.certificate,
      'ca-key.pem': own.key,
      'root-cert.pem': root.certificate,
      'cert-chain.pem': `${own.certificate}\n${root.certificate}`,
    },
  }
}

/** Installs the chart `gateway` as the east-west gateway of the cluster's network, and exposes its services. */
export async function installEastWestGateway(
  target: PodCluster,
  version: IstioVersion,
): Promise<void> {
  const name = 'istio-eastwestgateway'
  const { network } = target.spec
  const rendered = await renderChart({
    version,
    chart: 'gateway',
    name,
    namespace: istioNamespace,
    values: { networkGateway: network, labels: { istio: 'eastwestgateway', app: name } },
  })
  await target.cluster.client.apply([
    ...rendered,
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'cross-network-gateway', namespace: istioNamespace },
      spec: {
        selector: { istio: 'eastwestgateway' },
        servers: [
          {
            port: { number: 15443, name: 'tls', protocol: 'TLS' },
            tls: { mode: 'AUTO_PASSTHROUGH' },
            hosts: ['*.local'],
          },
        ],
      },
    },
  ])
  await untilReady(target.api, istioNamespace, name)
}

/** The Secret by which istiod elsewhere reads `of`, as `istioctl create-remote-secret` writes it. */
export async function remoteSecret(of: PodCluster): Promise<Manifest> {
  const { istioctl } = await ensureTools(['istioctl'])
  const home = join(of.cluster.dir, 'istioctl')
  mkdirSync(home, { recursive: true })
  const text = await run(
    istioctl,
    [
      'create-remote-secret',
      `--kubeconfig=${of.cluster.adminKubeconfigPath}`,
      `--name=${of.spec.name}`,
    ],
    { env: { PATH: process.env['PATH'], HOME: home } },
  )
  const [secret] = parseManifests(text, istioNamespace)
  if (secret === undefined) throw new Error('istioctl wrote no remote secret')
  return secret
}

/** Name of the remote secret of a cluster, in the other clusters' istio-system. */
export function remoteSecretName(of: PodCluster): string {
  return `istio-remote-secret-${of.spec.name}`
}

/** Has every cluster's istiod read every other cluster. */
export async function linkClusters(clusters: readonly PodCluster[]): Promise<void> {
  await Promise.all(
    clusters.map(async (of) => {
      const secret = await remoteSecret(of)
      for (const other of clusters) if (other !== of) await other.cluster.client.apply([secret])
    }),
  )
}
