/**
 * The stand-in for the metrics of Istio's own Envoy extension, which upstream
 * Envoy lacks: reads the access logs of a whole fleet's proxies and serves
 * Istio's standard series for one cluster.
 *
 * LOGS has a folder per cluster with NAMESPACE/POD/{pod.json,istio-proxy.log};
 * CLUSTER is the one to speak for; PORT (15090) serves /metrics.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createMeter } from './meter.ts'
import { parseRecord, type PodIdentity } from './record.ts'
import { createRegistry } from './registry.ts'

const { LOGS = '/logs', CLUSTER = '', PORT = '15090' } = process.env
const everyMs = 500

interface Tail {
  readonly pod: PodIdentity
  offset: number
  rest: string
}

const tails = new Map<string, Tail>()
const byIp = new Map<string, PodIdentity>()
const registry = createRegistry()
const meter = createMeter(CLUSTER, registry, (ip) => byIp.get(ip) ?? null)

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function findPods(): void {
  for (const cluster of list(LOGS))
    for (const namespace of list(join(LOGS, cluster)))
      for (const name of list(join(LOGS, cluster, namespace))) {
        const folder = join(LOGS, cluster, namespace, name)
        if (tails.has(folder) || !existsSync(join(folder, 'pod.json'))) continue
        const pod = JSON.parse(readFileSync(join(folder, 'pod.json'), 'utf8')) as PodIdentity
        byIp.set(pod.ip, pod)
        tails.set(folder, { pod, offset: 0, rest: '' })
      }
}

function readNew(folder: string, tail: Tail): void {
  const path = join(folder, 'istio-proxy.log')
  if (!existsSync(path)) return
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    // The container was restarted: its log begins anew.
    if (size < tail.offset) Object.assign(tail, { offset: 0, rest: '' })
    const bytes = Buffer.alloc(size - tail.offset)
    tail.offset += readSync(file, bytes, 0, bytes.length, tail.offset)
    const lines = (tail.rest + bytes.toString()).split('\n')
    tail.rest = lines.pop() ?? ''
    for (const line of lines) {
      const record = parseRecord(line)
      if (record !== null) meter.seen(record, tail.pod, Date.now())
    }
  } finally {
    closeSync(file)
  }
}

function readAll(): void {
  findPods()
  for (const [folder, tail] of tails) {
    if (existsSync(folder)) readNew(folder, tail)
    else tails.delete(folder)
  }
  meter.expire(Date.now())
}

setInterval(readAll, everyMs)
createServer((_request, response) => {
  readAll()
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
  response.end(registry.text())
}).listen(Number(PORT))
process.on('SIGTERM', () => process.exit(0))
