import type { Manifest } from './client.ts'

/** Whose cluster a rig's cluster looks like, as seen in its nodes. */
export type Provider = 'eks' | 'gke' | 'kubeadm' | 'aks' | 'k3s'

interface Node {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly providerId: string
  readonly internalIp: string
  readonly controlPlane?: boolean
}

interface ProviderNodes {
  /** Version suffix of kubelets, as this provider builds them. */
  readonly kubeletVersion: string
  readonly osImage: string
  readonly kernelVersion: string
  readonly containerRuntimeVersion: string
  readonly nodes: readonly Node[]
}

const zones = ['a', 'b', 'c'] as const

/** Labels that every kubelet and cloud controller sets. */
function common(region: string, zone: string, instanceType: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': instanceType,
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
  }
}

const providers: Readonly<Record<Provider, (cluster: string) => ProviderNodes>> = {
  eks: () => ({
    kubeletVersion: 'v1.37.2-eks-4f2a1c9',
    osImage: 'Amazon Linux 2023.9.20260810',
    kernelVersion: '6.12.40-64.114.amzn2023.x86_64',
    containerRuntimeVersion: 'containerd://2.1.4',
    nodes: zones.map((zone, index) => {
      const internalIp = `192.168.${32 * (index + 1)}.${17 + index}`
      return {
        name: `ip-${internalIp.replaceAll('.', '-')}.us-east-1.compute.internal`,
        providerId: `aws:///us-east-1${zone}/i-05e4d3c2b1a0987${index}`,
        internalIp,
        labels: {
          ...common('us-east-1', `us-east-1${zone}`, 'm6i.xlarge'),
          'eks.amazonaws.com/capacityType': 'ON_DEMAND',
          'eks.amazonaws.com/nodegroup': 'workers',
          'k8s.io/cloud-provider-aws': '6f1ed002ab5595859014ebf0951522d9',
          'topology.k8s.aws/zone-id': `use1-az${index + 1}`,
        },
      }
    }),
  }),
  gke: (cluster) => ({
    kubeletVersion: 'v1.37.2-gke.1104000',
    osImage: 'Container-Optimized OS from Google',
    kernelVersion: '6.12.42+',
    containerRuntimeVersion: 'containerd://2.1.4',
    nodes: zones.map((zone, index) => {
      const name = `gke-${cluster}-default-pool-7d1c2b3a-${['x4k2', 'm9qd', 'h7tz'][index]}`
      return {
        name,
        providerId: `gce://demo-project/us-west1-${zone}/${name}`,
        internalIp: `10.138.0.${11 + index}`,
        labels: {
          ...common('us-west1', `us-west1-${zone}`, 'e2-standard-4'),
          'cloud.google.com/gke-boot-disk': 'pd-balanced',
          'cloud.google.com/gke-container-runtime': 'containerd',
          'cloud.google.com/gke-nodepool': 'default-pool',
          'cloud.google.com/gke-os-distribution': 'cos',
          'cloud.google.com/machine-family': 'e2',
          'topology.gke.io/zone': `us-west1-${zone}`,
        },
      }
    }),
  }),
  kubeadm: (cluster) => ({
    kubeletVersion: 'v1.37.2',
    osImage: 'Ubuntu 24.04.3 LTS',
    kernelVersion: '6.8.0-79-generic',
    containerRuntimeVersion: 'containerd://1.7.28',
    nodes: ['control-plane-1', 'worker-1', 'worker-2', 'worker-3'].map((role, index) => ({
      name: `${cluster}-${role}`,
      providerId: '',
      internalIp: `172.16.10.${21 + index}`,
      controlPlane: index === 0,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        // kubeadm knows no regions; whoever runs the racks labels them.
        'topology.kubernetes.io/region': 'frankfurt-dc1',
        'topology.kubernetes.io/zone': `rack-${1 + (index % 3)}`,
        ...(index === 0
          ? {
              'node-role.kubernetes.io/control-plane': '',
              'node.kubernetes.io/exclude-from-external-load-balancers': '',
            }
          : {}),
      },
    })),
  }),
  aks: () => ({
    kubeletVersion: 'v1.37.2',
    osImage: 'Ubuntu 24.04.3 LTS',
    kernelVersion: '6.8.0-1034-azure',
    containerRuntimeVersion: 'containerd://2.0.6',
    nodes: zones.map((_zone, index) => {
      const set = 'aks-nodepool1-28615473-vmss'
      return {
        name: `${set}00000${index}`,
        providerId: `azure:///subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/mc_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/${set}/virtualMachines/${index}`,
        internalIp: `10.224.0.${4 + index}`,
        labels: {
          ...common('westeurope', `westeurope-${index + 1}`, 'Standard_D4ds_v5'),
          agentpool: 'nodepool1',
          'kubernetes.azure.com/agentpool': 'nodepool1',
          'kubernetes.azure.com/cluster': 'MC_demo_demo_westeurope',
          'kubernetes.azure.com/mode': 'system',
          'kubernetes.azure.com/os-sku': 'Ubuntu',
          'kubernetes.azure.com/role': 'agent',
        },
      }
    }),
  }),
  k3s: (cluster) => ({
    kubeletVersion: 'v1.37.2+k3s1',
    osImage: 'openSUSE Leap 15.6',
    kernelVersion: '6.4.0-150600.23.65-default',
    containerRuntimeVersion: 'containerd://2.1.4-k3s1',
    nodes: ['server-1', 'agent-1', 'agent-2'].map((role, index) => ({
      name: `${cluster}-${role}`,
      providerId: `k3s://${cluster}-${role}`,
      internalIp: `172.16.20.${31 + index}`,
      labels: {
        ...common('edge', `site-${1 + index}`, 'k3s'),
        'beta.kubernetes.io/instance-type': 'k3s',
        ...(index === 0 ? { 'node-role.kubernetes.io/control-plane': 'true' } : {}),
      },
    })),
  }),
}

/** The annotation that tells kwok which nodes to play kubelet for. */
export const kwokNodeAnnotation = 'kwok.x-k8s.io/node'

/** Port a kubelet listens on, on its node's address. */
export const kubeletPort = 10250

/**
 * Node objects as the provider's kubelets and controllers make them, with a
 * /16 of pod addresses each (`podRange(0)`, `podRange(1)` …). They are made
 * to hold thousands of pods, which real ones are not.
 */
export function providerNodes(
  provider: Provider,
  cluster: string,
  podRange: (node: number) => string,
): readonly Manifest[] {
  const described = providers[provider](cluster)
  return described.nodes.map((node, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: { ...node.labels, 'kubernetes.io/hostname': node.name },
      annotations: { [kwokNodeAnnotation]: 'fake' },
    },
    spec: {
      podCIDR: podRange(index),
      podCIDRs: [podRange(index)],
      ...(node.providerId === '' ? {} : { providerID: node.providerId }),
      ...(node.controlPlane === true
        ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
        : {}),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.internalIp },
        { type: 'Hostname', address: node.name },
      ],
      capacity: { cpu: '512', memory: '4Ti', pods: '10k' },
      allocatable: { cpu: '512', memory: '4Ti', pods: '10k' },
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        machineID: '',
        systemUUID: '',
        operatingSystem: 'linux',
        osImage: described.osImage,
        kernelVersion: described.kernelVersion,
        containerRuntimeVersion: described.containerRuntimeVersion,
        kubeletVersion: described.kubeletVersion,
        kubeProxyVersion: '',
      },
    },
  }))
}
