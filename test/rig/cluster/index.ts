/**
 * One cluster: etcd, kube-apiserver, kube-controller-manager, kube-scheduler,
 * and kwok in place of kubelets, with an authority, keys, ports and a folder
 * of its own. It knows nothing of Istio or Prometheus.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, request as send } from 'undici'
import { startDelayProxy } from '../net/delay.ts'
import { startEgress, type Resolve } from '../net/egress.ts'
import type { PortBlock } from '../net/ports.ts'
import { createAuthority, type Authority } from '../pki.ts'
import type { Running, Supervisor } from '../process/index.ts'
import { toolFile, type ToolName } from '../tools/index.ts'
import { createClient, type KubeClient, type Manifest } from './client.ts'
import { writeKubeconfig, type Credential, type KubeconfigEntry } from './kubeconfig.ts'
import { kubeletPort, kwokNodeAnnotation, providerNodes, type Provider } from './nodes.ts'

export type { KubeClient, Manifest } from './client.ts'
export { writeKubeconfig } from './kubeconfig.ts'
export type { Provider } from './nodes.ts'

/** Programs a cluster runs. */
export const clusterTools = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const satisfies readonly ToolName[]

/** What makes one cluster different from another. */
export interface ClusterOptions {
  /** Its context in kubeconfigs, and its name everywhere. */
  readonly name: string
  /** From 1, different for each cluster of a rig: address ranges derive from it. */
  readonly index: number
  /** Existing folder for its keys, data and logs. */
  readonly dir: string
  readonly provider: Provider
  readonly supervisor: Supervisor
  readonly ports: PortBlock
  readonly tools: Readonly<Record<(typeof clusterTools)[number], string>>
  /** Address the API server listens on (127.0.0.1 unless told; `0.0.0.0` is dialled as 127.0.0.1). */
  readonly bindAddress?: string
  /** Address in the `kubernetes` endpoints (a documentation address unless told). */
  readonly advertiseAddress?: string
  readonly serviceCidr?: string
  /** Pod addresses of one node (from 0); /16 ranges below 10.128.0.0 unless told. */
  readonly podRange?: (node: number) => string
  /** Further names and addresses in the API server's certificate. */
  readonly alternativeNames?: {
    readonly dnsNames?: readonly string[]
    readonly ips?: readonly string[]
  }
  readonly extraFlags?: Readonly<Partial<Record<(typeof clusterTools)[number], readonly string[]>>>
  /**
   * Where connections of the API server into the cluster's network go: given, it
   * dials nothing in there by itself; kubelets' addresses are known without. Left
   * out for clusters with a real network.
   */
  readonly egress?: Resolve
  /** Round trip in front of the API server, in milliseconds; none unless told. */
  readonly rttMs?: number
}

/** A running cluster. */
export interface Cluster {
  readonly name: string
  readonly dir: string
  readonly provider: Provider
  /** As users dial it, behind the round trip. */
  readonly apiServerUrl: string
  /** As the rig's own programs dial it, without delay. */
  readonly directUrl: string
  readonly authority: Authority
  readonly serviceCidr: string
  /** How its administrator signs in, as this provider does it. */
  readonly credential: Credential
  /** Token of an administrator, for the rig's own programs. */
  readonly adminToken: string
  readonly adminKubeconfigPath: string
  /** Its entry for a merged kubeconfig. */
  readonly kubeconfigEntry: KubeconfigEntry
  readonly client: KubeClient
  /** What runs now. */
  processes(): readonly Running[]
  /** Stops the API server alone; everything else of the cluster keeps running. */
  readonly stopApiServer: () => Promise<void>
  /** Starts it again on the same port, with the same data. */
  readonly startApiServer: () => Promise<void>
  /** Ends proxies and connections; processes end with the supervisor. */
  close(): Promise<void>
}

/** Starts a cluster and waits until every part is healthy and its nodes exist. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, dir, index, ports, supervisor, tools, rttMs = 0 } = options
  const bindAddress = options.bindAddress ?? '127.0.0.1'
  const dialAddress = bindAddress === '0.0.0.0' ? '127.0.0.1' : bindAddress
  const serviceCidr = options.serviceCidr ?? '10.96.0.0/16'
  const podRange =
    options.podRange ?? ((node) => `10.${128 + ((index - 1) % 16) * 8 + node}.0.0/16`)
  mkdirSync(join(dir, 'logs'), { recursive: true })
  const file = (...parts: string[]): string => join(dir, ...parts)
  const logFile = (program: string): string => file('logs', `${program}.log`)

  const authority = await createAuthority('kubernetes')
  const keys = await writeKeys(options, authority, dialAddress, serviceCidr)
  const port = {
    etcd: await ports.next(),
    etcdPeer: await ports.next(),
    apiServer: await ports.next(),
    controllerManager: await ports.next(),
    scheduler: await ports.next(),
    kwok: await ports.next(),
  }
  const directUrl = `https://${dialAddress}:${port.apiServer}`
  const client = createClient({
    name,
    url: directUrl,
    ca: authority.certificate,
    token: keys.adminToken,
  })
  const insecure = new Agent({ connect: { rejectUnauthorized: false } })
  const answers = async (url: string): Promise<boolean> => {
    const { statusCode, body } = await send(url, { dispatcher: insecure })
    await body.dump()
    return statusCode === 200
  }
  const componentConfig = (component: string, token: string): string => {
    const path = file(`${component}.kubeconfig`)
    writeKubeconfig(path, [
      { context: name, server: directUrl, ca: authority.certificate, credential: { token } },
    ])
    return path
  }

  const nodes = providerNodes(options.provider, name, podRange)
  const closers: (() => Promise<void>)[] = [() => client.close(), () => insecure.close()]
  const running = new Map<string, Running>()
  const run = async (
    program: (typeof clusterTools)[number],
    args: readonly string[],
    healthy: () => Promise<boolean>,
  ): Promise<void> => {
    const process = await supervisor.start({
      name: `${program} of ${name}`,
      command: tools[program],
      args: [...args, ...(options.extraFlags?.[program] ?? [])],
      cwd: dir,
      logFile: logFile(program),
      endsLast: program === 'etcd',
      healthy,
    })
    running.set(program, process)
  }

  if (options.egress !== undefined)
    closers.push(
      await startEgress(file('egress.sock'), withKubelets(nodes, port.kwok, options.egress)),
    )
  const startApiServer = (): Promise<void> =>
    run(
      'kube-apiserver',
      [
        `--etcd-servers=http://127.0.0.1:${port.etcd}`,
        `--bind-address=${bindAddress}`,
        `--secure-port=${port.apiServer}`,
        `--advertise-address=${options.advertiseAddress ?? `192.0.2.${index}`}`,
        '--allow-privileged=true',
        '--authorization-mode=Node,RBAC',
        `--token-auth-file=${file('tokens.csv')}`,
        `--client-ca-file=${file('ca.crt')}`,
        `--tls-cert-file=${file('apiserver.crt')}`,
        `--tls-private-key-file=${file('apiserver.key')}`,
        `--kubelet-client-certificate=${file('apiserver.crt')}`,
        `--kubelet-client-key=${file('apiserver.key')}`,
        '--kubelet-preferred-address-types=InternalIP',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${file('service-account.pub')}`,
        `--service-account-signing-key-file=${file('service-account.key')}`,
        `--service-cluster-ip-range=${serviceCidr}`,
        ...(options.egress === undefined
          ? []
          : [`--egress-selector-config-file=${file('egress.yaml')}`]),
      ],
      async () => (await client.request('GET', '/readyz')).status === 200,
    )

  await run(
    'etcd',
    [
      `--name=${name}`,
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${port.etcd}`,
      `--advertise-client-urls=http://127.0.0.1:${port.etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${port.etcdPeer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${port.etcdPeer}`,
      `--initial-cluster=${name}=http://127.0.0.1:${port.etcdPeer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    () => answers(`http://127.0.0.1:${port.etcd}/health`),
  )
  await startApiServer()
  for (const node of nodes) (await client.request('POST', '/api/v1/nodes', node)).json()

  await Promise.all([
    run(
      'kube-controller-manager',
      [
        `--kubeconfig=${componentConfig('controller-manager', keys.controllerManagerToken)}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port.controllerManager}`,
        `--cert-dir=${file('controller-manager')}`,
        '--leader-elect=false',
        '--use-service-account-credentials',
        `--service-account-private-key-file=${file('service-account.key')}`,
        `--root-ca-file=${file('ca.crt')}`,
        `--cluster-signing-cert-file=${file('ca.crt')}`,
        `--cluster-signing-key-file=${file('ca.key')}`,
        '--controllers=*',
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
      ],
      () => answers(`https://127.0.0.1:${port.controllerManager}/healthz`),
    ),
    run(
      'kube-scheduler',
      [
        `--kubeconfig=${componentConfig('scheduler', keys.schedulerToken)}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port.scheduler}`,
        `--cert-dir=${file('scheduler')}`,
        '--leader-elect=false',
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
      ],
      () => answers(`https://127.0.0.1:${port.scheduler}/healthz`),
    ),
    run(
      'kwok',
      [
        `--kubeconfig=${componentConfig('kwok', keys.adminToken)}`,
        `--config=${writeStages(file('kwok.yaml'), tools.kwok)}`,
        `--manage-nodes-with-annotation-selector=${kwokNodeAnnotation}=fake`,
        `--server-address=127.0.0.1:${port.kwok}`,
        '--node-lease-duration-seconds=40',
      ],
      () => answers(`http://127.0.0.1:${port.kwok}/healthz`),
    ),
  ])

  let apiServerUrl = directUrl
  if (rttMs > 0) {
    const delayed = await startDelayProxy({
      port: await ports.next(),
      target: { host: dialAddress, port: port.apiServer },
      rttMs,
    })
    closers.push(() => delayed.close())
    apiServerUrl = `https://127.0.0.1:${delayed.port}`
  }
  const credential = await adminCredential(options.provider, authority, keys.adminToken)
  const kubeconfigEntry = {
    context: name,
    server: apiServerUrl,
    ca: authority.certificate,
    credential,
  }
  writeKubeconfig(file('admin.kubeconfig'), [kubeconfigEntry])

  return {
    name,
    dir,
    provider: options.provider,
    apiServerUrl,
    directUrl,
    authority,
    serviceCidr,
    credential,
    adminToken: keys.adminToken,
    adminKubeconfigPath: file('admin.kubeconfig'),
    kubeconfigEntry,
    client,
    processes: () => [...running.values()],
    async stopApiServer() {
      const process = running.get('kube-apiserver')
      running.delete('kube-apiserver')
      await process?.stop()
    },
    startApiServer,
    async close() {
      await Promise.all(closers.map((close) => close()))
    },
  }
}

/** Clouds hand out tokens, kubeadm and k3s client certificates. */
async function adminCredential(
  provider: Provider,
  authority: Authority,
  token: string,
): Promise<Credential> {
  if (provider !== 'kubeadm' && provider !== 'k3s') return { token }
  return authority.issue({ commonName: 'kubernetes-admin', organizations: ['system:masters'] })
}

async function writeKeys(
  options: ClusterOptions,
  authority: Authority,
  dialAddress: string,
  serviceCidr: string,
) {
  const serving = await authority.issue({
    commonName: 'kube-apiserver',
    dnsNames: [
      'localhost',
      ...['', '.default', '.default.svc', '.default.svc.cluster.local'].map(
        (end) => `kubernetes${end}`,
      ),
      ...(options.alternativeNames?.dnsNames ?? []),
    ],
    ips: [
      ...new Set([
        '127.0.0.1',
        dialAddress,
        // The Service `kubernetes` has the range's first address.
        serviceCidr.replace(/\.\d+\/\d+$/, '.1'),
        ...(options.advertiseAddress === undefined ? [] : [options.advertiseAddress]),
        ...(options.alternativeNames?.ips ?? []),
      ]),
    ],
  })
  const serviceAccount = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const token = (): string => randomBytes(24).toString('hex')
  const [adminToken, controllerManagerToken, schedulerToken] = [token(), token(), token()]
  const egress = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: {
          proxyProtocol: 'HTTPConnect',
          transport: { uds: { udsName: join(options.dir, 'egress.sock') } },
        },
      },
    ],
  }
  const files = {
    'ca.crt': authority.certificate,
    'ca.key': authority.key,
    'apiserver.crt': serving.certificate,
    'apiserver.key': serving.key,
    'service-account.key': serviceAccount.privateKey,
    'service-account.pub': serviceAccount.publicKey,
    'tokens.csv': [
      `${adminToken},admin,admin,system:masters`,
      `${controllerManagerToken},system:kube-controller-manager,kcm`,
      `${schedulerToken},system:kube-scheduler,scheduler`,
    ].join('\n'),
    'egress.yaml': JSON.stringify(egress),
  }
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(options.dir, name), text, { mode: 0o600 })
  return { adminToken, controllerManagerToken, schedulerToken }
}

/** kwok's own stages that make nodes and pods ready at once, as one configuration file. */
function writeStages(path: string, kwok: string): string {
  const stages = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'].flatMap((stage) => {
    const folder = toolFile(kwok, 'stages', stage)
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .map((name) => readFileSync(join(folder, name), 'utf8'))
  })
  writeFileSync(path, stages.join('\n---\n'))
  return path
}

/** Kubelets answer on their nodes' addresses: kwok plays them all. */
function withKubelets(nodes: readonly Manifest[], kwokPort: number, egress: Resolve): Resolve {
  const addresses = new Set(
    nodes.flatMap((node) =>
      (node['status'] as { addresses: { type: string; address: string }[] }).addresses
        .filter(({ type }) => type === 'InternalIP')
        .map(({ address }) => address),
    ),
  )
  return async (host, port) =>
    addresses.has(host) && port === kubeletPort
      ? { host: '127.0.0.1', port: kwokPort }
      : egress(host, port)
}
