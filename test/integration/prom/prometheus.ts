import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { PromTransport } from '../../../main/prom/index.ts'
import { ensureTools } from '../../rig/tools/index.ts'

/** A real Prometheus that serves prepared history and scrapes nothing. */
export interface HistoryServer {
  readonly url: string
  readonly transport: PromTransport
  close(): Promise<void>
}

/** Starts a Prometheus on samples in the OpenMetrics text format, with explicit times. */
export async function serveHistory(openMetrics: string): Promise<HistoryServer> {
  const { prometheus, promtool } = await ensureTools(['prometheus', 'promtool'])
  const folder = await mkdtemp(join(tmpdir(), 'smm-prom-'))
  const history = join(folder, 'history.openmetrics')
  const config = join(folder, 'prometheus.yml')
  const data = join(folder, 'data')
  await writeFile(history, openMetrics)
  await writeFile(config, 'global: {}\n')
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', history, data]
  await promisify(execFile)(promtool, blocks)
  const server = spawn(
    prometheus,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const close = async () => {
    await stop(server)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const url = await addressOf(server)
    return { url, transport: overUrl(url), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A transport that fetches from a URL. */
function overUrl(url: string): PromTransport {
  return async (path, request) => await fetch(url + path, { ...request, redirect: 'manual' })
}

/** Reads from the log where it listens, once it is ready. */
async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('no log to read')
  const lines: string[] = []
  let url: string | undefined
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line)
    url ??= /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(line)?.[1]
    if (url !== undefined && line.includes('Server is ready')) {
      server.stderr.resume()
      return `http://${url}`
    }
  }
  throw new Error(`Prometheus ended:\n${lines.slice(-5).join('\n')}`)
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
}
