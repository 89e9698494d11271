import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import {
  clusterAddresses,
  maxClusters,
  maxRuns,
  namespacePrefix,
  wanNamespace,
  type ClusterAddresses,
} from './addresses.ts'
import { CommandFailed, run, script } from './shell.ts'

/** The program that cleans up after a run; its one argument is the run's number. */
export const keeperProgram = 'keeper.main.ts'

/** Claims a free run number by making the namespace between its clusters, a bridge in it. */
export async function claimRun(): Promise<number> {
  for (let number = 0; number < maxRuns; number++) {
    if (abandoned(number)) await removeRun(number)
    if (await inUse(number)) continue
    const name = wanNamespace(number)
    try {
      await run('ip', ['netns', 'add', name])
    } catch (error) {
      if (error instanceof CommandFailed && existsSync(`/run/netns/${name}`)) continue
      throw error
    }
    await script([
      `ip -n ${name} link set lo up`,
      `ip -n ${name} link add wan type bridge`,
      `ip -n ${name} link set wan up`,
    ])
    return number
  }
  throw new Error(`all ${maxRuns} process-pod runs of this machine are taken (see: ip netns)`)
}

/** Whether a run is claimed, though the process that would clean up after it was killed too. */
function abandoned(number: number): boolean {
  const claim = `/run/netns/${wanNamespace(number)}`
  // A claim is made a moment before its keeper starts.
  if (!existsSync(claim) || Date.now() - statSync(claim).ctimeMs < 60_000) return false
  return !readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        const [, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return args[0]?.endsWith(keeperProgram) === true && args[1] === String(number)
      } catch {
        return false
      }
    })
}

/** Whether a route of this machine, not made by the rig, covers addresses of the run. */
async function inUse(number: number): Promise<boolean> {
  if (existsSync(`/run/netns/${wanNamespace(number)}`)) return true
  const routes = JSON.parse(await run('ip', ['-j', 'route', 'show'])) as { dst: string }[]
  const second = (cluster: number): number => 64 + number * maxClusters + cluster
  const ours = new Set(
    Array.from({ length: maxClusters }, (_, cluster) => `100.${second(cluster)}.`),
  )
  return routes.some(
    ({ dst }) =>
      [...ours].some((start) => dst.startsWith(start)) || dst.startsWith('100.64.0.0/10'),
  )
}

/** Makes the link between this machine and a cluster's node, so that API servers have an address. */
export async function createNode(run: number, cluster: number): Promise<ClusterAddresses> {
  const at = clusterAddresses(run, cluster)
  const node = at.nodeNamespace
  const inNode = `ip -n ${node}`
  await script([
    `ip netns add ${node}`,
    `${inNode} link set lo up`,
    `ip link add ${at.hostDevice} type veth peer name host netns ${node}`,
    `ip addr add ${at.hostIp}/30 dev ${at.hostDevice}`,
    `ip link set ${at.hostDevice} up`,
    `${inNode} addr add ${at.nodeIp}/30 dev host`,
    `${inNode} link set host up`,
    // API servers of other clusters are on this machine too: remote secrets name them.
    `${inNode} route add 198.18.0.0/18 via ${at.hostIp}`,
    `${inNode} link add wan type veth peer name c${cluster} netns ${wanNamespace(run)}`,
    `ip -n ${wanNamespace(run)} link set c${cluster} master wan up`,
    `${inNode} addr add ${at.wanIp}/24 dev wan`,
    `${inNode} link set wan up`,
    `ip netns exec ${node} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0`,
    // A pod's address means nothing outside its network.
    `ip netns exec ${node} iptables -w -t nat -A POSTROUTING -o wan -s ${at.podCidr} -m comment --comment "leaving the network" -j MASQUERADE`,
    `ip route add ${at.podCidr} via ${at.nodeIp}`,
    `ip route add ${at.serviceCidr} via ${at.nodeIp}`,
    `ip route add ${at.loadBalancerCidr} via ${at.nodeIp}`,
  ])
  return at
}

/** Two clusters reach each other's load balancers; only clusters of one network each other's pods. */
export async function connectNodes(
  a: ClusterAddresses,
  b: ClusterAddresses,
  sameNetwork: boolean,
): Promise<void> {
  const lines = [
    [a, b],
    [b, a],
  ].flatMap(([from, to]) =>
    from === undefined || to === undefined
      ? []
      : [
          `ip -n ${from.nodeNamespace} route add ${to.loadBalancerCidr} via ${to.wanIp}`,
          ...(sameNetwork
            ? [
                `ip -n ${from.nodeNamespace} route add ${to.podCidr} via ${to.wanIp}`,
                `ip netns exec ${from.nodeNamespace} iptables -w -t nat -I POSTROUTING -o wan -d ${to.podCidr} -j ACCEPT`,
              ]
            : []),
        ],
  )
  await script(lines)
}

/** Gives the n-th pod of a node its own network namespace and address. */
export async function createPodNetwork(at: ClusterAddresses, n: number): Promise<void> {
  const name = at.podNamespace(n)
  const ip = at.podIp(n)
  const node = `ip -n ${at.nodeNamespace}`
  const pod = `ip -n ${name}`
  await script([
    `ip netns add ${name}`,
    `${node} link add p${n} type veth peer name eth0 netns ${name}`,
    `${node} addr add 169.254.1.1/32 dev p${n}`,
    `${node} link set p${n} up`,
    `${node} route add ${ip}/32 dev p${n}`,
    `${pod} link set lo up`,
    `${pod} addr add ${ip}/32 dev eth0`,
    `${pod} link set eth0 up`,
    `${pod} route add 169.254.1.1 dev eth0 scope link`,
    `${pod} route add default via 169.254.1.1`,
    // As container runtimes set it: a port below 1024 needs no capability.
    `ip netns exec ${name} sysctl -qw net.ipv4.ip_unprivileged_port_start=0`,
  ])
}

/** Ends what still runs in a network namespace and removes it; its devices, routes and rules go with it. */
export async function removeNamespace(name: string): Promise<void> {
  if (!existsSync(`/run/netns/${name}`)) return
  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
    const pids = (await run('ip', ['netns', 'pids', name]).catch(() => ''))
      .split('\n')
      .filter(Boolean)
    if (pids.length === 0) break
    for (const pid of pids) kill(Number(pid), signal)
    await new Promise((resolve) => setTimeout(resolve, signal === 'SIGTERM' ? 200 : 50))
  }
  await run('ip', ['netns', 'del', name]).catch(() => {})
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended in the meantime.
  }
}

/** Removes everything of a run: pods first, then nodes, then the claim on its number. */
export async function removeRun(number: number): Promise<void> {
  const names = readdirSync('/run/netns', { encoding: 'utf8' })
    .filter((name) => name.startsWith(namespacePrefix(number)))
    .sort((a, b) => b.length - a.length)
  const claim = wanNamespace(number)
  // With its namespace a device goes too, but only some time later.
  for (let cluster = 0; cluster < maxClusters; cluster++)
    if (names.includes(clusterAddresses(number, cluster).nodeNamespace))
      await run('ip', ['link', 'del', clusterAddresses(number, cluster).hostDevice]).catch(() => {})
  await Promise.all(names.filter((name) => name !== claim).map(removeNamespace))
  await removeNamespace(claim)
}

/** Search domains and name servers a pod with `dnsPolicy: Default` inherits from this machine. */
export function machineResolvConf(): string {
  return existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : ''
}
