import type { Readable } from 'node:stream'
import { readJson, type KubeClient, type KubeResponse } from './client.ts'
import { KubeStatusError } from './errors.ts'
import { isRecord } from './keep.ts'
import type { KubeObject } from './object.ts'
import { trim, type Resource } from './resources.ts'
import { jitter, pause } from './pause.ts'
import {
  addListed,
  apply,
  beginList,
  endList,
  newWatchState,
  type WatchState,
} from './watch-state.ts'

/** What is known of one kind: whether it is complete, or why it cannot be read. */
type ReflectorStatus =
  | { readonly state: 'syncing' | 'synced' }
  | {
      readonly state: 'unreadable'
      readonly reason: string
      readonly why: 'forbidden' | 'notServed' | 'failing'
    }

/** Keeps the objects of one kind of one API server up to date until stopped. */
export interface Reflector {
  readonly resource: Resource<string>
  /** The objects as they are now; the same array until something changes. */
  objects(): readonly KubeObject[]
  readonly status: () => ReflectorStatus
  /** Set where the user may read one namespace only. */
  readonly restrictedTo: () => string | null
  stop(): void
}

/** What a reflector needs of its surroundings. */
export interface ReflectorOptions {
  readonly client: KubeClient
  readonly resource: Resource<string>
  readonly version: string
  /** Null for all namespaces. */
  readonly namespace: string | null
  /** Read where all namespaces are forbidden. */
  readonly fallbackNamespace: string | null
  /** Called after every change of objects or status. */
  readonly onChange: () => void
  /** Resolves when the API server is believed to be reachable; rejects when stopped. */
  readonly reachable: () => Promise<void>
  /** Told of failures that concern the whole API server: no connection, 401. */
  readonly onConnectionFailure: () => void
}

const pageSize = 500
/** Bookmarks come about every minute: after this long without a byte a watch is dead. */
const watchInactivityMs = 150_000
const firstBackoffMs = 500
const longestBackoffMs = 30_000
/** Far more than the largest object an API server stores; an event without end must not take all memory. */
const mostLineBytes = 32 * 1024 ** 2
/** Rights change seldom. */
const forbiddenRetryMs = 300_000

/**
 * Lists and watches one kind: by watch-list where the API server can, else by
 * pages; goes on from the last bookmark after every interruption, and lists
 * anew when that is gone (410), keeping what was known until the new list is complete.
 */
export function startReflector(options: ReflectorOptions): Reflector {
  const { client, resource } = options
  const stopped = new AbortController()
  const state: WatchState = newWatchState()
  let status: ReflectorStatus = { state: 'syncing' }
  /** Made when asked for: events come faster than anyone looks. */
  let objects: readonly KubeObject[] | null = []
  let namespace = options.namespace
  let watchList = true
  let backoffMs = firstBackoffMs

  const trimOne = (whole: unknown): KubeObject | null => trim(resource, whole)

  function changed(): void {
    objects = null
    options.onChange()
  }

  function setStatus(next: ReflectorStatus): void {
    const same =
      next.state === status.state &&
      (next.state !== 'unreadable' ||
        (status.state === 'unreadable' && next.reason === status.reason))
    if (same) return
    status = next
    options.onChange()
  }

  function path(query: Record<string, string>): string {
    const root =
      resource.group === ''
        ? `/api/${options.version}`
        : `/apis/${resource.group}/${options.version}`
    const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`
    return `${root}${scope}/${resource.plural}?${new URLSearchParams(query).toString()}`
  }

  function accept(metadataKind: string): string {
    return resource.metadataOnly
      ? `application/json;as=${metadataKind};g=meta.k8s.io;v=v1`
      : 'application/json'
  }

  async function list(): Promise<void> {
    beginList(state)
    let continueToken = ''
    for (;;) {
      const query = { limit: String(pageSize), ...(continueToken && { continue: continueToken }) }
      const page = await client.getJson(path(query), {
        headers: { accept: accept('PartialObjectMetadataList') },
        signal: stopped.signal,
      })
      if (!isRecord(page) || !Array.isArray(page['items']) || !isRecord(page['metadata'])) {
        throw new KubeStatusError(502, path({}), 'answered with something that is no list')
      }
      for (const item of page['items']) {
        const object = trimOne(item)
        if (object) addListed(state, object)
      }
      const token = page['metadata']['continue']
      if (typeof token === 'string' && token !== '') {
        continueToken = token
        continue
      }
      const { resourceVersion } = page['metadata']
      if (endList(state, typeof resourceVersion === 'string' ? resourceVersion : '')) changed()
      backoffMs = firstBackoffMs
      setStatus({ state: 'synced' })
      return
    }
  }

  async function watch(initial: boolean): Promise<void> {
    if (initial) beginList(state)
    const target = path({
      watch: '1',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(Math.round(300 + Math.random() * 300)),
      ...(initial
        ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion: state.resourceVersion ?? '' }),
    })
    const response: KubeResponse = await client.request(target, {
      headers: { accept: accept('PartialObjectMetadata') },
      signal: stopped.signal,
      inactivityMs: watchInactivityMs,
    })
    if (response.status !== 200) await readJson(target, response)
    if (!initial) setStatus({ state: 'synced' })
    try {
      await forEachLine(target, response.body, (line) => take(line, target))
    } finally {
      response.body.destroy()
    }
  }

  function take(line: string, target: string): void {
    const event: unknown = JSON.parse(line)
    if (!isRecord(event) || typeof event['type'] !== 'string') return
    const applied = apply(state, { type: event['type'], object: event['object'] }, trimOne)
    if (applied.kind === 'changed') changed()
    if (applied.kind === 'gone') throw new KubeStatusError(410, target, 'resourceVersion is gone')
    if (applied.kind === 'failed') throw new KubeStatusError(applied.code, target, applied.message)
    if (state.synced && state.incoming === null) {
      backoffMs = firstBackoffMs
      setStatus({ state: 'synced' })
    }
  }

  /** What to do after a failure; gives how long to wait before the next attempt. */
  function afterFailure(error: unknown): number {
    state.incoming = null
    if (!(error instanceof KubeStatusError)) {
      options.onConnectionFailure()
      return nextBackoff()
    }
    switch (error.status) {
      case 401:
        options.onConnectionFailure()
        return nextBackoff()
      case 410: {
        // A list that is itself too old again and again must not become a busy loop.
        const wasWatching = state.resourceVersion !== null
        state.resourceVersion = null
        return wasWatching ? 0 : nextBackoff()
      }
      case 400:
      case 422:
        // An API server without watch-list says so with one of these.
        state.resourceVersion = null
        if (!watchList) setStatus({ state: 'unreadable', reason: error.message, why: 'failing' })
        watchList = false
        return nextBackoff()
      case 403:
        state.resourceVersion = null
        if (namespace === null && resource.namespaced && options.fallbackNamespace !== null) {
          namespace = options.fallbackNamespace
          return 0
        }
        forget()
        setStatus({ state: 'unreadable', reason: 'forbidden', why: 'forbidden' })
        namespace = options.namespace
        return jitter(forbiddenRetryMs)
      case 404:
        state.resourceVersion = null
        forget()
        setStatus({ state: 'unreadable', reason: 'not served', why: 'notServed' })
        return jitter(forbiddenRetryMs)
      default:
        setStatus({ state: 'unreadable', reason: error.message, why: 'failing' })
        return nextBackoff()
    }
  }

  function forget(): void {
    state.synced = false
    if (state.objects.size === 0) return
    state.objects = new Map()
    changed()
  }

  function nextBackoff(): number {
    const waitMs = jitter(backoffMs)
    backoffMs = Math.min(backoffMs * 2, longestBackoffMs)
    return waitMs
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      let waitMs = 0
      const startedMs = performance.now()
      try {
        await options.reachable()
        if (state.resourceVersion === null && !watchList) {
          await list()
          continue
        }
        await watch(state.resourceVersion === null)
        // A stream that ends at once, again and again, must not become a busy loop.
        if (state.resourceVersion === null || performance.now() - startedMs < 1000) {
          waitMs = nextBackoff()
        }
      } catch (error) {
        if (stopped.signal.aborted) return
        waitMs = afterFailure(error)
      }
      if (waitMs > 0) await pause(waitMs, stopped.signal)
    }
  }

  void run()
  return {
    resource,
    objects: () => (objects ??= [...state.objects.values()]),
    status: () => status,
    restrictedTo: () => (namespace !== options.namespace ? namespace : null),
    stop: () => stopped.abort(),
  }
}

async function forEachLine(
  path: string,
  body: Readable,
  take: (line: string) => void,
): Promise<void> {
  let parts: Buffer[] = []
  let pending = 0
  for await (const data of body) {
    const chunk = data as Buffer
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const tail = chunk.subarray(start, end)
      const line = parts.length === 0 ? tail : Buffer.concat([...parts, tail])
      parts = []
      start = end + 1
      if (line.length > 0) take(line.toString('utf8'))
    }
    if (start < chunk.length) parts.push(chunk.subarray(start))
    pending = start === 0 ? pending + chunk.length : chunk.length - start
    if (pending > mostLineBytes) {
      throw new KubeStatusError(502, path, 'sends an event without end')
    }
  }
}
