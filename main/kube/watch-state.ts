import { isDeepStrictEqual } from 'node:util'
import { isRecord } from './keep.ts'
import type { KubeObject } from './object.ts'

/**
 * What is known of one kind in one scope while it is listed and watched: a
 * plain value that `apply` moves on, with no clock and no network.
 */
export interface WatchState {
  /** By namespace and name. Complete once `synced`. */
  objects: Map<string, KubeObject>
  /** Objects of a list under way; they replace `objects` when it is complete. */
  incoming: Map<string, KubeObject> | null
  /** Where to go on watching; null means list anew. */
  resourceVersion: string | null
  synced: boolean
}

/** One line of a watch, as the API server sends it. */
export interface WatchEvent {
  readonly type: string
  readonly object: unknown
}

/** What an event did: `changed` objects, or a `gone` resourceVersion, or an error that the server reports. */
export type Applied =
  | { readonly kind: 'changed' | 'unchanged' | 'gone' }
  | { readonly kind: 'failed'; readonly code: number; readonly message: string }

/** A kind of which nothing is known yet. */
export function newWatchState(): WatchState {
  return { objects: new Map(), incoming: null, resourceVersion: null, synced: false }
}

/** Starts a list: what was known stays visible until the new list is complete. */
export function beginList(state: WatchState): void {
  state.incoming = new Map()
  state.resourceVersion = null
}

/** Adds one listed object. */
export function addListed(state: WatchState, object: KubeObject): void {
  state.incoming?.set(keyOf(object), object)
}

/**
 * Ends a list at its resourceVersion. Objects that did not change keep their
 * identity, so that what was computed from them stays valid. True when anything changed.
 */
export function endList(state: WatchState, resourceVersion: string): boolean {
  const listed = state.incoming ?? new Map<string, KubeObject>()
  let changed = !state.synced || listed.size !== state.objects.size
  for (const [key, object] of listed) {
    const known = state.objects.get(key)
    if (known && isDeepStrictEqual(known, object)) listed.set(key, known)
    else changed = true
  }
  if (changed) state.objects = listed
  state.incoming = null
  state.resourceVersion = resourceVersion
  state.synced = true
  return changed
}

/**
 * Moves on by one event. `trim` gives the part of an object that is kept, or
 * null for one that is of no interest.
 */
export function apply(
  state: WatchState,
  event: WatchEvent,
  trim: (whole: unknown) => KubeObject | null,
): Applied {
  const { type, object } = event
  if (type === 'ERROR') return failure(object)
  const version = resourceVersionOf(object)
  if (type === 'BOOKMARK') {
    if (version === null) return { kind: 'unchanged' }
    if (state.incoming) {
      return endsInitialEvents(object) && endList(state, version)
        ? { kind: 'changed' }
        : { kind: 'unchanged' }
    }
    state.resourceVersion = version
    return { kind: 'unchanged' }
  }
  // During a list the place to go on from is where the list ends, not its objects' versions.
  if (!state.incoming && version !== null) state.resourceVersion = version
  const target = state.incoming ?? state.objects
  const changed = put(target, type, object, trim) && !state.incoming
  return { kind: changed ? 'changed' : 'unchanged' }
}

function put(
  target: Map<string, KubeObject>,
  type: string,
  whole: unknown,
  trim: (whole: unknown) => KubeObject | null,
): boolean {
  const object = trim(whole)
  if (type === 'DELETED' || object === null) {
    const key = object ? keyOf(object) : keyOfWhole(whole)
    return key !== null && target.delete(key)
  }
  if (type !== 'ADDED' && type !== 'MODIFIED') return false
  const key = keyOf(object)
  const known = target.get(key)
  if (known && isDeepStrictEqual(known, object)) return false
  target.set(key, object)
  return true
}

function failure(status: unknown): Applied {
  const code = isRecord(status) && typeof status['code'] === 'number' ? status['code'] : 0
  if (code === 410) return { kind: 'gone' }
  const message = isRecord(status) ? status['message'] : undefined
  return { kind: 'failed', code, message: typeof message === 'string' ? message : 'watch error' }
}

function endsInitialEvents(object: unknown): boolean {
  const metadata = isRecord(object) ? object['metadata'] : undefined
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined
  return isRecord(annotations) && annotations['k8s.io/initial-events-end'] === 'true'
}

function resourceVersionOf(object: unknown): string | null {
  const metadata = isRecord(object) ? object['metadata'] : undefined
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined
  return typeof version === 'string' && version !== '' ? version : null
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

function keyOfWhole(whole: unknown): string | null {
  const metadata = isRecord(whole) ? whole['metadata'] : undefined
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') return null
  const namespace = metadata['namespace']
  return `${typeof namespace === 'string' ? namespace : ''}/${metadata['name']}`
}
