/**
 * A real Prometheus as a cluster's own: a local process that stands behind
 * the pod of Istio's addon Deployment. Users reach it as they would in a
 * cluster, through the API server's Service proxy.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request as send } from 'undici'
import { parseAllDocuments, stringify } from 'yaml'
import type { Cluster, KubeClient, Manifest } from './cluster/index.ts'
import { startDelayProxy } from './net/delay.ts'
import type { Resolve } from './net/egress.ts'
import type { PortBlock } from './net/ports.ts'
import type { Running, Supervisor } from './process/index.ts'
import { toolFile } from './tools/index.ts'

const namespace = 'istio-system'
const podPort = 9090
const podLabels = 'app.kubernetes.io/name=prometheus'

/** Targets of one scrape, as Prometheus' file discovery takes them. */
interface ScrapeTargets {
  /** `host:port`. */
  readonly targets: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

/** A cluster's running Prometheus. */
export interface RigPrometheus {
  /** Its own address on this machine, behind the round trip; in no object or kubeconfig. */
  readonly loopbackUrl: string
  /** Its database; blocks put here while it is stopped are served after its start. */
  readonly dataDir: string
  /** Adds (or by the same name replaces) targets; labels of the series win over the target's. */
  addScrapeTargets(name: string, targets: readonly ScrapeTargets[]): void
  processes(): readonly Running[]
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** What a cluster's Prometheus is started with. */
export interface PrometheusOptions {
  readonly name: string
  /** Folder of its own, which it makes. */
  readonly dir: string
  readonly supervisor: Supervisor
  readonly ports: PortBlock
  /** Path of the program. */
  readonly program: string
  readonly scrapeIntervalSeconds: number
  readonly rttMs: number
}

/** Starts a Prometheus that scrapes what it is told at run time. */
export async function startPrometheus(
  options: PrometheusOptions & { port: number },
): Promise<RigPrometheus> {
  const { name, dir, port, supervisor, scrapeIntervalSeconds, rttMs } = options
  const targetsDir = join(dir, 'targets')
  const dataDir = join(dir, 'data')
  mkdirSync(targetsDir, { recursive: true })
  mkdirSync(dataDir, { recursive: true })
  const config = {
    global: {
      scrape_interval: `${scrapeIntervalSeconds}s`,
      scrape_timeout: `${scrapeIntervalSeconds}s`,
    },
    scrape_configs: [
      {
        // The job under which Istio's addon scrapes proxies.
        job_name: 'kubernetes-pods',
        honor_labels: true,
        file_sd_configs: [{ files: [join(targetsDir, '*.json')] }],
      },
    ],
  }
  writeFileSync(join(dir, 'prometheus.yml'), stringify(config))
  const directUrl = `http://127.0.0.1:${port}`
  let running: Running | undefined
  const start = async (): Promise<void> => {
    running = await supervisor.start({
      name: `prometheus of ${name}`,
      command: options.program,
      args: [
        `--config.file=${join(dir, 'prometheus.yml')}`,
        `--storage.tsdb.path=${dataDir}`,
        '--storage.tsdb.retention.time=15d',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      cwd: dir,
      logFile: join(dir, 'prometheus.log'),
      healthy: async () => {
        const { statusCode, body } = await send(`${directUrl}/-/ready`)
        await body.dump()
        return statusCode === 200
      },
    })
  }
  await start()
  const delayed =
    rttMs > 0
      ? await startDelayProxy({
          port: await options.ports.next(),
          target: { host: '127.0.0.1', port },
          rttMs,
        })
      : null
  return {
    loopbackUrl: delayed === null ? directUrl : `http://127.0.0.1:${delayed.port}`,
    dataDir,
    addScrapeTargets(file, targets) {
      const path = join(targetsDir, `${file}.json`)
      // Moved into place, so that Prometheus never reads half a file.
      writeFileSync(`${path}.new`, JSON.stringify(targets))
      renameSync(`${path}.new`, path)
    },
    processes: () => (running === undefined ? [] : [running]),
    async stop() {
      const process = running
      running = undefined
      await process?.stop()
    },
    start,
    async close() {
      await delayed?.close()
    },
  }
}

/**
 * The addon's own objects (ServiceAccount, Service, Deployment) from Istio's
 * samples; kwok gives the Deployment a pod with an address, controllers make
 * its EndpointSlice. Waits until the Service has that endpoint.
 */
export async function applyPrometheusObjects(cluster: Cluster, istioFiles: string): Promise<void> {
  const text = readFileSync(toolFile(istioFiles, 'addons', 'prometheus.yaml'), 'utf8')
  const objects = parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null)
    .filter(({ kind }) => ['ServiceAccount', 'Service', 'Deployment'].includes(kind))
  await cluster.client.apply(objects)
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=prometheus`
  const deadline = Date.now() + 30_000
  for (;;) {
    const slices = (await cluster.client.request('GET', path)).json<{
      items: { endpoints: { conditions?: { ready?: boolean } }[] | null }[]
    }>()
    if (
      slices.items.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready))
    )
      return
    if (Date.now() > deadline)
      throw new Error(`Service ${namespace}/prometheus of ${cluster.name} got no endpoint in 30 s`)
    await sleep(100)
  }
}

/**
 * What the API server of a cluster may reach in its network: port 9090 of a
 * pod that is there now and carries the addon's label, and nothing else.
 */
export function prometheusEgress(client: () => KubeClient, localPort: number): Resolve {
  return async (host, port) => {
    if (port !== podPort) return null
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(podLabels)}`
    const pods = (await client().request('GET', path)).json<{
      items: { status: { podIP?: string } }[]
    }>()
    return pods.items.some(({ status }) => status.podIP === host)
      ? { host: '127.0.0.1', port: localPort }
      : null
  }
}
