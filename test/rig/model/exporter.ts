import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { clusterSeries, expositionText } from './exposition.ts'
import type { Detail } from './exposition.ts'
import type { Model } from './model.ts'

/** One cluster's metrics, served on loopback. */
export interface Exporter {
  readonly cluster: string
  readonly port: number
  /** What a Prometheus scrapes. */
  readonly url: string
}

/** The exporters of all clusters of a model. */
export interface Exporters {
  readonly exporters: readonly Exporter[]
  close(): Promise<void>
}

const compress = promisify(gzip)

/**
 * Serves every cluster's series at the present time, one HTTP server with
 * `/metrics` for each. Nothing is kept between scrapes: a counter is a
 * function of the time, so a restart is not a counter reset.
 */
export async function startExporters(
  model: Model,
  options: { readonly detail?: Detail; readonly clusters?: readonly string[] } = {},
): Promise<Exporters> {
  const names = options.clusters ?? model.topology.clusters.map((cluster) => cluster.name)
  const servers = await Promise.all(
    names.map((cluster) => startExporter(model, cluster, options.detail ?? 'standard')),
  )
  return {
    exporters: servers.map(({ exporter }) => exporter),
    close: async () => {
      await Promise.all(servers.map(({ close }) => close()))
    },
  }
}

async function startExporter(model: Model, cluster: string, detail: Detail) {
  const series = clusterSeries(model, cluster, detail)
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const text = expositionText(series, Date.now(), { times: true })
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    if (!String(request.headers['accept-encoding']).includes('gzip')) {
      response.end(text)
      return
    }
    response.setHeader('content-encoding', 'gzip')
    compress(text, { level: 1 }).then(
      (body) => response.end(body),
      (error: unknown) =>
        response.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const exporter: Exporter = { cluster, port, url: `http://127.0.0.1:${port}/metrics` }
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { exporter, close }
}
