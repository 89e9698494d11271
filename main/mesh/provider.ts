import type { KubeObject } from '../kube/index.ts'
import { stringAt } from './read.ts'

/** Where a cluster runs and who made it; `unknown` rather than a guess. */
export interface Provenance {
  /** Whose machines: `aws`, `gcp`, `azure`, …. */
  readonly provider: string
  /** Whose Kubernetes: `EKS`, `GKE`, `AKS`, `OpenShift`, `k3s`, …. */
  readonly distribution: string
  /** One region, or several joined by `, `; null where nodes do not say. */
  readonly region: string | null
}

/** Schemes of `spec.providerID`, as cloud controllers write them. */
const providerOfScheme: Readonly<Record<string, string>> = {
  alicloud: 'alibaba',
  aws: 'aws',
  azure: 'azure',
  digitalocean: 'digitalocean',
  equinixmetal: 'equinix',
  gce: 'gcp',
  hcloud: 'hetzner',
  ibm: 'ibm',
  linode: 'linode',
  oci: 'oracle',
  openstack: 'openstack',
  ovirt: 'ovirt',
  scaleway: 'scaleway',
  vsphere: 'vmware',
}

/** What only one distribution's nodes have. The first rule that fits any node wins. */
const distributions: readonly {
  readonly name: string
  /** Where the distribution runs nowhere else. */
  readonly provider?: string
  readonly fits: (node: NodeTraits) => boolean
}[] = [
  {
    name: 'OpenShift',
    fits: (node) =>
      node.hasLabel('node.openshift.io/') ||
      node.osImage.startsWith('Red Hat Enterprise Linux CoreOS'),
  },
  {
    name: 'EKS',
    provider: 'aws',
    fits: (node) => node.hasLabel('eks.amazonaws.com/') || node.kubelet.includes('-eks-'),
  },
  {
    name: 'GKE',
    provider: 'gcp',
    fits: (node) => node.hasLabel('cloud.google.com/gke-') || node.kubelet.includes('-gke.'),
  },
  { name: 'AKS', provider: 'azure', fits: (node) => node.hasLabel('kubernetes.azure.com/') },
  { name: 'IKS', provider: 'ibm', fits: (node) => node.hasLabel('ibm-cloud.kubernetes.io/') },
  {
    name: 'TKG',
    fits: (node) => node.hasLabel('run.tanzu.vmware.com/') || node.kubelet.includes('+vmware.'),
  },
  { name: 'PKS', provider: 'vmware', fits: (node) => node.hasLabel('pks-system/') },
  {
    name: 'DOKS',
    provider: 'digitalocean',
    fits: (node) => node.hasLabel('doks.digitalocean.com/'),
  },
  { name: 'RKE2', fits: (node) => node.kubelet.includes('+rke2') },
  { name: 'k3s', fits: (node) => node.kubelet.includes('+k3s') },
  {
    name: 'RKE',
    // Only RKE writes "controlplane" in one word.
    fits: (node) =>
      node.hasAnnotation('rke.cattle.io/') || node.hasLabel('node-role.kubernetes.io/controlplane'),
  },
  { name: 'minikube', fits: (node) => node.hasLabel('minikube.k8s.io/') },
  { name: 'kind', fits: (node) => node.scheme === 'kind' },
  { name: 'Talos', fits: (node) => node.osImage.startsWith('Talos ') },
  { name: 'kOps', fits: (node) => node.hasLabel('kops.k8s.io/') },
  {
    name: 'kubeadm',
    // Newer kubeadm leaves no annotation; its two empty labels and an unaltered kubelet remain.
    fits: (node) =>
      node.hasAnnotation('kubeadm.alpha.kubernetes.io/') ||
      (node.labels['node-role.kubernetes.io/control-plane'] === '' &&
        node.labels['node.kubernetes.io/exclude-from-external-load-balancers'] === '' &&
        /^v\d+\.\d+\.\d+$/.test(node.kubelet)),
  },
]

interface NodeTraits {
  readonly scheme: string
  readonly kubelet: string
  readonly osImage: string
  readonly labels: Readonly<Record<string, string>>
  hasLabel(prefix: string): boolean
  hasAnnotation(prefix: string): boolean
}

/** Reads provider, distribution and region from a cluster's nodes. */
export function provenance(nodes: readonly KubeObject[]): Provenance {
  const traits = nodes.map(traitsOf)
  const distribution = distributions.find(({ fits }) => traits.some(fits))
  const providers = new Set(traits.flatMap(({ scheme }) => providerOfScheme[scheme] ?? []))
  const [only] = providers.size === 1 ? providers : []
  const regions = new Set(
    nodes.flatMap(
      ({ metadata: { labels } }) =>
        labels?.['topology.kubernetes.io/region'] ??
        labels?.['failure-domain.beta.kubernetes.io/region'] ??
        [],
    ),
  )
  return {
    provider: only ?? distribution?.provider ?? 'unknown',
    distribution: distribution?.name ?? 'unknown',
    region: regions.size === 0 ? null : [...regions].sort().join(', '),
  }
}

function traitsOf(node: KubeObject): NodeTraits {
  const startsWith =
    (names: readonly string[]) =>
    (prefix: string): boolean =>
      names.some((name) => name.startsWith(prefix))
  return {
    scheme: stringAt(node, 'spec', 'providerID')?.split('://')[0] ?? '',
    kubelet: stringAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '',
    osImage: stringAt(node, 'status', 'nodeInfo', 'osImage') ?? '',
    labels: node.metadata.labels ?? {},
    hasLabel: startsWith(Object.keys(node.metadata.labels ?? {})),
    hasAnnotation: startsWith(Object.keys(node.metadata.annotations ?? {})),
  }
}
