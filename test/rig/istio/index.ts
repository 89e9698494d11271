/** Istio on clusters of process pods, by its own charts. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../cluster/index.ts'
import { createAuthority, type Authority } from '../pki.ts'
import type { PodCluster } from '../pods/fleet.ts'
import { run } from '../pods/shell.ts'
import { untilReady } from '../pods/wait.ts'
import { ensureTools } from '../tools/index.ts'
import { parseManifests, renderChart, type IstioVersion } from './charts.ts'

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
 * Installs the chart `istiod`, and before it, for the default revision, `base`;
 * resolves when istiod is Ready by its own Deployment.
 */
export async function installIstio(target: PodCluster, options: IstioOptions): Promise<void> {
  const { version, root } = options
  const { client } = target.cluster
  const namespace = istioNamespace
  const prepared: Manifest[] = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { 'topology.istio.io/network': target.spec.network },
      },
    },
  ]
  if (root !== undefined) prepared.push(await meshCertificates(target.spec.name, root))
  const values = istiodValues(target, options)
  const name = options.revision === undefined ? 'istiod' : `istiod-${options.revision}`
  const [base, istiod] = await Promise.all([
    renderChart({ version, chart: 'base', name: 'istio-base', namespace, values: {} }),
    renderChart({
      version,
      chart: 'istio-control/istio-discovery',
      name,
      namespace,
      values,
    }),
  ])
  await client.apply(prepared)
  if (options.revision === undefined) await client.apply(base)
  await client.apply(istiod)
  await untilReady(target.api, namespace, name)
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
