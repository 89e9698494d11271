import { request } from 'undici'

/** One series of an instant query's answer. */
export interface Said {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Asks a Prometheus directly, past the product: what the same server answers. */
export async function askPrometheus(url: string, query: string, atMs: number): Promise<Said[]> {
  const { statusCode, body } = await request(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query, time: String(atMs / 1000) }).toString(),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${query}: ${statusCode} ${text}`)
  const { data } = JSON.parse(text) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}
