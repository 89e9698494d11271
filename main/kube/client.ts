import type { Readable } from 'node:stream'
import type { RequestOptions } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { request, type Dispatcher } from 'undici'
import { kubeConfigOf } from './access.ts'
import { createDispatcher, type TlsOptions } from './dispatcher.ts'
import { CredentialError, KubeStatusError } from './errors.ts'
import { isRecord } from './keep.ts'
import type { ContextEntry } from './kubeconfig.ts'

/** How a request differs from a plain GET. */
interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Longest silence before and within the answer, in milliseconds. */
  readonly inactivityMs?: number
}

/** An answer whose body has not been read yet. The reader must consume or destroy the body. */
export interface KubeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readable
}

/** One API server, spoken to as the user of one context. */
export interface KubeClient {
  readonly context: string
  readonly server: string
  /** Sends a request to a path of the API server and gives whatever it answers. Rejects when there is no answer. */
  request(path: string, options?: KubeRequest): Promise<KubeResponse>
  /** Reads JSON; rejects with `KubeStatusError` for every answer that is no success. */
  getJson(path: string, options?: KubeRequest): Promise<unknown>
  /** Ends every connection at once. */
  close(): Promise<void>
}

const defaultInactivityMs = 30_000
/** Far more than a page of large objects; an answer without end must not take all memory. */
const mostBytes = 128 * 1024 ** 2
/** Credentials from files and exec plugins are looked at again this often. */
const credentialAgeMs = 60_000
const execTimeoutMs = 60_000

interface Credentials {
  readonly headers: Record<string, string>
  readonly tls: TlsOptions
  readonly tlsKey: string
  readonly readMs: number
}

/**
 * A client for a context. Runs an exec plugin only with `allowExec`; without
 * it every request of such a context rejects with `CredentialError`.
 */
export function createKubeClient(
  entry: ContextEntry,
  { allowExec = false }: { allowExec?: boolean } = {},
): KubeClient {
  const { server } = entry
  if (server === null || entry.access === null || entry.error !== null) {
    throw new Error(`context ${entry.name} cannot be used: ${entry.error ?? 'it has no server'}`)
  }
  const base = new URL(`${server}/`)
  let credentials: Promise<Credentials> | null = null
  let dispatcher: { key: string; value: Dispatcher } | null = null

  async function currentCredentials(): Promise<Credentials> {
    const known = credentials
    if (known) {
      const read = await known
      if (Date.now() - read.readMs < credentialAgeMs || credentials !== known) {
        return credentials ?? read
      }
    }
    const reading = readCredentials(entry, allowExec)
    credentials = reading
    reading.catch(() => {
      if (credentials === reading) credentials = null
    })
    return reading
  }

  function dispatcherFor({ tls, tlsKey }: Credentials): Dispatcher {
    if (dispatcher?.key === tlsKey) return dispatcher.value
    // Streams under way keep the old connections until they end.
    void dispatcher?.value.close()
    dispatcher = {
      key: tlsKey,
      value: createDispatcher(base, { tls, proxyUrl: entry.access?.cluster.proxyUrl }),
    }
    return dispatcher.value
  }

  async function send(path: string, options: KubeRequest): Promise<KubeResponse> {
    const current = await currentCredentials()
    const url = new URL(path.replace(/^\/+/, ''), base)
    const inactivityMs = options.inactivityMs ?? defaultInactivityMs
    const response = await request(url, {
      dispatcher: dispatcherFor(current),
      method: options.method ?? 'GET',
      headers: { 'user-agent': 'smm', ...options.headers, ...current.headers },
      headersTimeout: inactivityMs,
      bodyTimeout: inactivityMs,
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    return { status: response.statusCode, headers: response.headers, body: response.body }
  }

  async function sendWithFreshCredentials(
    path: string,
    options: KubeRequest = {},
  ): Promise<KubeResponse> {
    const response = await send(path, options)
    if (response.status !== 401 || !mayRefresh(entry)) return response
    // A short-lived token may just have ended: one look at the file or plugin.
    response.body.destroy()
    credentials = null
    return send(path, options)
  }

  return {
    context: entry.name,
    server,
    request: sendWithFreshCredentials,
    async getJson(path, options = {}) {
      const response = await sendWithFreshCredentials(path, {
        ...options,
        headers: { accept: 'application/json', ...options.headers },
      })
      return readJson(path, response)
    },
    async close() {
      await dispatcher?.value.destroy()
    },
  }
}

/** Reads a whole JSON answer; rejects with `KubeStatusError` for every answer that is no success. */
export async function readJson(path: string, response: KubeResponse): Promise<unknown> {
  const content = await readText(path, response.body)
  if (response.status < 200 || response.status > 299) {
    throw new KubeStatusError(response.status, path, statusMessage(content, response.status))
  }
  try {
    return JSON.parse(content) as unknown
  } catch {
    throw new KubeStatusError(502, path, 'answered with something that is no JSON')
  }
}

async function readText(path: string, body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const data of body) {
    const chunk = data as Buffer
    chunks.push(chunk)
    length += chunk.length
    // Leaving the loop destroys the body.
    if (length > mostBytes) {
      throw new KubeStatusError(502, path, `answered with more than ${mostBytes / 1024 ** 2} MiB`)
    }
  }
  return Buffer.concat(chunks).toString('utf8')
}

function statusMessage(content: string, status: number): string {
  try {
    const parsed: unknown = JSON.parse(content)
    if (isRecord(parsed) && typeof parsed['message'] === 'string') return parsed['message']
  } catch {
    // A proxy in between answers in its own words, which are of no use to a person.
  }
  return `answered ${status}`
}

function mayRefresh(entry: ContextEntry): boolean {
  const user = entry.access?.user
  return Boolean(user?.exec ?? user?.authProvider)
}

async function readCredentials(entry: ContextEntry, allowExec: boolean): Promise<Credentials> {
  if (entry.exec && !allowExec) {
    throw new CredentialError(
      `context ${entry.name} needs the program ${entry.exec.command} to log in, which was not allowed to run`,
      'Allow the programs of your kubeconfig for one run with --allow-exec.',
    )
  }
  const options: RequestOptions = {}
  try {
    const applied = (await kubeConfigOf(entry)).applyToHTTPSOptions(options)
    await (entry.exec ? withTimeout(applied, entry.exec.command) : applied)
  } catch (error) {
    throw credentialError(entry, error)
  }
  refuseExpired(entry, options.cert)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value)
  if (options.auth)
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`
  const { ca, cert, key, servername, rejectUnauthorized } = options
  const tls: TlsOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  }
  return { headers, tls, tlsKey: [ca, cert, key].map(String).join(), readMs: Date.now() }
}

function credentialError(entry: ContextEntry, error: unknown): CredentialError {
  const message = error instanceof Error ? error.message : String(error)
  if (entry.exec) {
    return new CredentialError(
      `the program ${entry.exec.command} that context ${entry.name} logs in with failed: ${(message.trim().split('\n').at(-1) ?? '').slice(0, 300)}`,
      `Run it by hand, or log in again; it is named in ${entry.file}.`,
    )
  }
  return new CredentialError(
    `the credentials of context ${entry.name} cannot be read: ${message}`,
    `Correct the file reference in ${entry.file}.`,
  )
}

async function withTimeout<T>(
  work: Promise<T> | undefined,
  command: string,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${command} gave no answer in ${execTimeoutMs / 1000} s`)),
      execTimeoutMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The API server says no more than 401 to an expired client certificate: say it before asking. */
function refuseExpired(entry: ContextEntry, cert: RequestOptions['cert']): void {
  if (!(cert instanceof Buffer) && typeof cert !== 'string') return
  let validTo: string
  try {
    validTo = new X509Certificate(cert).validTo
  } catch {
    throw new CredentialError(
      `the client certificate of context ${entry.name} is no certificate`,
      `Correct client-certificate of its user in ${entry.file}.`,
    )
  }
  if (Date.parse(validTo) < Date.now()) {
    throw new CredentialError(
      `the client certificate of context ${entry.name} expired on ${new Date(validTo).toISOString()}`,
      'Renew the client certificate and put it into the kubeconfig.',
    )
  }
}
