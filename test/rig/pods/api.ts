/** A small client of one API server, for the rig's own parts: what is tested is never used to test. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesObject, V1ListMeta } from '@kubernetes/client-node'
import { Agent, request, type Dispatcher } from 'undici'

/** Where an API server is and who asks. */
export interface ApiAccess {
  /** Such as `https://198.18.0.1:6443`. */
  readonly url: string
  /** PEM of the CA that signed its certificate. */
  readonly caPem: string
  readonly token: string
}

/** An answer that was not 2xx. */
export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What {@link Api.watch} tells. */
export interface WatchHandlers<T> {
  /** An object is there, new or changed. */
  readonly changed: (object: T) => void
  readonly deleted: (object: T) => void
}

/** A running list-and-watch: its current objects, and how to end it. */
export interface Watched<T> {
  /** By `namespace/name`. */
  readonly objects: ReadonlyMap<string, T>
  /** Resolves after the first list. */
  readonly synced: Promise<void>
  stop(): void
}

/** A client of one API server. */
export interface Api {
  readonly access: ApiAccess
  get<T>(path: string): Promise<T>
  getText(path: string): Promise<string>
  create<T>(path: string, body: unknown): Promise<T>
  /** Strategic merge patch unless another kind is said. */
  patch<T>(path: string, body: unknown, kind?: 'strategic-merge-patch' | 'merge-patch'): Promise<T>
  /** Server-side apply under the field manager `rig`. */
  apply<T>(path: string, body: unknown): Promise<T>
  remove(path: string, body?: unknown): Promise<void>
  watch<T extends KubernetesObject>(path: string, handlers: WatchHandlers<T>): Watched<T>
  close(): Promise<void>
}

/** `namespace/name` of an object. */
function keyOf(object: KubernetesObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`
}

/** Opens a client; nothing is dialled before the first call. */
export function openApi(access: ApiAccess): Api {
  const agent = new Agent({
    connect: { ca: access.caPem },
    connections: 16,
    bodyTimeout: 0,
    headersTimeout: 60_000,
  })
  const watches = new Set<() => void>()

  const send = async (
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> => {
    const answer = await request(access.url + path, {
      method,
      dispatcher: agent,
      headers: {
        authorization: `Bearer ${access.token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.statusCode >= 300) {
      const text = await answer.body.text()
      throw new ApiError(answer.statusCode, `${method} ${path}: ${messageOf(text)}`)
    }
    return answer
  }
  const json = async <T>(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<T> => (await (await send(method, path, body, contentType)).body.json()) as T

  return {
    access,
    get: (path) => json('GET', path),
    getText: async (path) => (await send('GET', path)).body.text(),
    create: (path, body) => json('POST', path, body),
    patch: (path, body, kind = 'strategic-merge-patch') =>
      json('PATCH', path, body, `application/${kind}+json`),
    apply: (path, body) =>
      json('PATCH', `${path}?fieldManager=rig&force=true`, body, 'application/apply-patch+yaml'),
    remove: async (path, body) => {
      await (await send('DELETE', path, body)).body.dump()
    },
    watch: <T extends KubernetesObject>(path: string, handlers: WatchHandlers<T>): Watched<T> => {
      const watched = startWatch(send, path, handlers)
      watches.add(watched.stop)
      return watched
    },
    close: async () => {
      for (const stop of watches) stop()
      await agent.destroy()
    },
  }
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text
  } catch {
    return text
  }
}

type Send = (
  method: Dispatcher.HttpMethod,
  path: string,
  body?: unknown,
  contentType?: string,
  signal?: AbortSignal,
) => Promise<Dispatcher.ResponseData>

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

function startWatch<T extends KubernetesObject>(
  send: Send,
  path: string,
  handlers: WatchHandlers<T>,
): Watched<T> {
  const objects = new Map<string, T>()
  const abort = new AbortController()
  const { promise: synced, resolve: firstList } = Promise.withResolvers<void>()
  const ask = path.includes('?') ? '&' : '?'

  const list = async (): Promise<string> => {
    const answer = await send('GET', path, undefined, undefined, abort.signal)
    const { items, metadata } = (await answer.body.json()) as { items: T[]; metadata: V1ListMeta }
    const gone = new Map(objects)
    for (const item of items) {
      const before = objects.get(keyOf(item))
      gone.delete(keyOf(item))
      objects.set(keyOf(item), item)
      if (before?.metadata?.resourceVersion !== item.metadata?.resourceVersion)
        handlers.changed(item)
    }
    for (const [key, object] of gone) {
      objects.delete(key)
      handlers.deleted(object)
    }
    firstList()
    return metadata.resourceVersion ?? ''
  }

  const follow = async (from: string): Promise<void> => {
    const { body } = await send(
      'GET',
      `${path}${ask}watch=true&allowWatchBookmarks=true&resourceVersion=${from}`,
      undefined,
      undefined,
      abort.signal,
    )
    body.setEncoding('utf8')
    let rest = ''
    for await (const chunk of body) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as WatchEvent<T>
        if (type === 'ERROR') return
        if (type === 'BOOKMARK') continue
        if (type === 'DELETED') {
          objects.delete(keyOf(object))
          handlers.deleted(object)
        } else {
          objects.set(keyOf(object), object)
          handlers.changed(object)
        }
      }
    }
  }

  void (async () => {
    while (!abort.signal.aborted)
      try {
        await follow(await list())
      } catch {
        await sleep(500, undefined, { signal: abort.signal }).catch(() => {})
      }
  })()
  return { objects, synced, stop: () => abort.abort() }
}
