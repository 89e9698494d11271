import { expect, test } from 'vitest'
import type { KubeObject } from '../kube/index.ts'
import { provenance } from './provider.ts'

interface NodeLike {
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly providerID?: string
  readonly kubelet?: string
  readonly osImage?: string
}

function node({ labels = {}, annotations = {}, ...rest }: NodeLike): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', uid: 'u', labels, annotations },
    spec: rest.providerID ? { providerID: rest.providerID } : {},
    status: {
      nodeInfo: {
        kubeletVersion: rest.kubelet ?? 'v1.34.1',
        osImage: rest.osImage ?? 'Ubuntu 24.04.3 LTS',
      },
    },
  }
}

const region = (name: string): Record<string, string> => ({ 'topology.kubernetes.io/region': name })
const kubeadmLabels = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
}

test.each<[string, NodeLike, [provider: string, distribution: string, region: string | null]]>([
  [
    'EKS',
    {
      labels: { ...region('eu-west-1'), 'eks.amazonaws.com/nodegroup': 'ng' },
      providerID: 'aws:///eu-west-1a/i-0abc',
      kubelet: 'v1.34.1-eks-113cf36',
    },
    ['aws', 'EKS', 'eu-west-1'],
  ],
  [
    'EKS with self-managed nodes',
    { providerID: 'aws:///us-east-1a/i-0abc', kubelet: 'v1.31.2-eks-7f9249a' },
    ['aws', 'EKS', null],
  ],
  [
    'GKE',
    {
      labels: { ...region('europe-west3'), 'cloud.google.com/gke-nodepool': 'p' },
      providerID: 'gce://project/europe-west3-a/gke-x',
      kubelet: 'v1.33.4-gke.1350000',
    },
    ['gcp', 'GKE', 'europe-west3'],
  ],
  [
    'AKS',
    {
      labels: { ...region('westeurope'), 'kubernetes.azure.com/cluster': 'MC_x' },
      providerID: 'azure:///subscriptions/s/resourceGroups/r/providers/x/0',
    },
    ['azure', 'AKS', 'westeurope'],
  ],
  [
    'OpenShift on AWS',
    {
      labels: { ...region('us-east-2'), 'node.openshift.io/os_id': 'rhcos' },
      providerID: 'aws:///us-east-2a/i-0abc',
    },
    ['aws', 'OpenShift', 'us-east-2'],
  ],
  [
    'OpenShift on metal',
    { osImage: 'Red Hat Enterprise Linux CoreOS 418.94.202501' },
    ['unknown', 'OpenShift', null],
  ],
  ['k3s', { providerID: 'k3s://box', kubelet: 'v1.33.1+k3s1' }, ['unknown', 'k3s', null]],
  ['RKE2', { providerID: 'rke2://box', kubelet: 'v1.33.1+rke2r1' }, ['unknown', 'RKE2', null]],
  ['RKE', { labels: { 'node-role.kubernetes.io/controlplane': 'true' } }, ['unknown', 'RKE', null]],
  [
    'RKE worker',
    { annotations: { 'rke.cattle.io/internal-ip': '10.0.0.1' } },
    ['unknown', 'RKE', null],
  ],
  [
    'kind, which is made by kubeadm',
    { labels: kubeadmLabels, providerID: 'kind://docker/kind/kind-control-plane' },
    ['unknown', 'kind', null],
  ],
  [
    'minikube, which is made by kubeadm',
    { labels: { ...kubeadmLabels, 'minikube.k8s.io/name': 'minikube' } },
    ['unknown', 'minikube', null],
  ],
  [
    'kubeadm with its annotation',
    { annotations: { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd.sock' } },
    ['unknown', 'kubeadm', null],
  ],
  ['newer kubeadm', { labels: kubeadmLabels }, ['unknown', 'kubeadm', null]],
  [
    'kubeadm on vSphere',
    { labels: kubeadmLabels, providerID: 'vsphere://4237' },
    ['vmware', 'kubeadm', null],
  ],
  ['Talos', { labels: kubeadmLabels, osImage: 'Talos (v1.11.0)' }, ['unknown', 'Talos', null]],
  ['TKG', { labels: { 'run.tanzu.vmware.com/tkr': 'v1' } }, ['unknown', 'TKG', null]],
  ['PKS', { labels: { 'pks-system/cluster.name': 'c' } }, ['vmware', 'PKS', null]],
  [
    'IKS',
    {
      labels: { ...region('eu-de'), 'ibm-cloud.kubernetes.io/worker-id': 'w' },
      providerID: 'ibm://a///b/c',
    },
    ['ibm', 'IKS', 'eu-de'],
  ],
  ['nothing known', { kubelet: 'v1.34.1-custom' }, ['unknown', 'unknown', null]],
  ['a cloud, made by somebody', { providerID: 'aws:///us-east-1a/i-0' }, ['aws', 'unknown', null]],
])('%s', (_name, like, [provider, distribution, where]) => {
  expect(provenance([node(like)])).toEqual({ provider, distribution, region: where })
})

test('no nodes tell nothing', () => {
  expect(provenance([])).toEqual({ provider: 'unknown', distribution: 'unknown', region: null })
})

test('one telling node among plain workers is enough; clouds that disagree are unknown', () => {
  expect(
    provenance([node({ kubelet: 'v1.34.1' }), node({ labels: kubeadmLabels })]).distribution,
  ).toBe('kubeadm')
  const mixed = [node({ providerID: 'aws:///a/i' }), node({ providerID: 'gce://p/z/n' })]
  expect(provenance(mixed).provider).toBe('unknown')
})

test('a cluster may span regions', () => {
  const nodes = [
    node({ labels: region('b') }),
    node({ labels: region('a') }),
    node({ labels: region('b') }),
  ]
  expect(provenance(nodes).region).toBe('a, b')
})
