import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'

/** One series of an instant query's answer. */
export interface Said {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Asks a Prometheus directly, past the product: what the same server answers. */
export async function askPrometheus(url: string, query: string, atMs: number): Promise<Said[]> {
  const found = await ask<{ metric: Record<string, string>; value: [number, string] }>(
    url,
    query,
    atMs,
  )
  return found.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/**
 * Waits for a moment whose window every Prometheus has samples for from end to
 * end, so that none of them has to guess. Throws after two minutes.
 */
export async function momentWithData(
  urls: readonly string[],
  windowSeconds: number,
): Promise<number> {
  const deadlineMs = Date.now() + 120_000
  for (;;) {
    const times = await Promise.all(urls.map((url) => sampleTimes(url, 2 * windowSeconds)))
    const atMs = Math.min(...times.map((ofOne) => ofOne.at(-1) ?? 0))
    if (times.every((ofOne) => coversWindow(ofOne, atMs, windowSeconds * 1000))) return atMs
    if (Date.now() > deadlineMs)
      throw new Error(
        `no window of ${windowSeconds} s without gaps in two minutes: ${times.join(' | ')}`,
      )
    await sleep(1000)
  }
}

/** When the ingress gateway's series were sampled last (all series of a scrape share its time). */
async function sampleTimes(url: string, seconds: number): Promise<number[]> {
  const query = `istio_requests_total{source_workload="istio-ingressgateway",reporter="source"}[${seconds}s]`
  const [first] = await ask<{ values: [number, string][] }>(url, query, Date.now())
  return first?.values.map(([second]) => second * 1000) ?? []
}

/** Prometheus extrapolates to an end of the window that is not much farther from a sample than samples are apart. */
function coversWindow(timesMs: readonly number[], atMs: number, windowMs: number): boolean {
  const inside = timesMs.filter((time) => time > atMs - windowMs && time <= atMs)
  const first = inside[0]
  const last = inside.at(-1)
  if (first === undefined || last === undefined || inside.length < 3) return false
  const apartMs = (last - first) / (inside.length - 1)
  return first - (atMs - windowMs) < apartMs && atMs - last < apartMs
}

async function ask<Result>(url: string, query: string, atMs: number): Promise<Result[]> {
  const { statusCode, body } = await request(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query, time: String(atMs / 1000) }).toString(),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${query}: ${statusCode} ${text}`)
  return (JSON.parse(text) as { data: { result: Result[] } }).data.result
}
