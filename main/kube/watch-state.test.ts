import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from './object.ts'
import {
  addListed,
  apply,
  beginList,
  endList,
  newWatchState,
  type WatchEvent,
  type WatchState,
} from './watch-state.ts'

interface Whole {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
  }
  readonly value: number
}

/** Keeps objects with an even value; the others are of no interest. */
function trim(whole: unknown): KubeObject | null {
  const { metadata, value } = whole as Whole
  if (value % 2 !== 0) return null
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: metadata.name, uid: metadata.uid },
    value,
  }
}

/** An API server's side: objects, a log of events, and a version below which the log is lost. */
function newServer() {
  const objects = new Map<string, Whole>()
  const log: { version: number; event: WatchEvent }[] = []
  let version = 1
  let compacted = 0
  return {
    objects,
    put(name: string, value: number) {
      version++
      const object = {
        metadata: { name, uid: `${name}-uid`, resourceVersion: String(version) },
        value,
      }
      log.push({ version, event: { type: objects.has(name) ? 'MODIFIED' : 'ADDED', object } })
      objects.set(name, object)
    },
    remove(name: string) {
      const known = objects.get(name)
      if (!known) return
      version++
      const object = { ...known, metadata: { ...known.metadata, resourceVersion: String(version) } }
      log.push({ version, event: { type: 'DELETED', object } })
      objects.delete(name)
    },
    compact() {
      compacted = version
    },
    version: () => version,
    since: (from: number): WatchEvent[] =>
      from < compacted
        ? [{ type: 'ERROR', object: { code: 410, message: 'too old resource version' } }]
        : log.filter((entry) => entry.version > from).map(({ event }) => event),
  }
}

const bookmark = (version: number, initialEnd: boolean): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    metadata: {
      resourceVersion: String(version),
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  },
})

type Server = ReturnType<typeof newServer>

/** One connection that is cut after `limit` events; what a reflector does with the rules of this file. */
function connect(state: WatchState, server: Server, limit: number, paged: boolean): void {
  let events: WatchEvent[]
  if (state.resourceVersion === null) {
    beginList(state)
    if (paged) {
      for (const object of server.objects.values()) {
        const kept = trim(object)
        if (kept) addListed(state, kept)
      }
      endList(state, String(server.version()))
      return
    }
    events = [...server.objects.values()].map((object) => ({ type: 'ADDED', object }))
    events.push(bookmark(server.version(), true))
  } else {
    events = [...server.since(Number(state.resourceVersion)), bookmark(server.version(), false)]
  }
  for (const event of events.slice(0, limit)) {
    const applied = apply(state, event, trim)
    if (applied.kind === 'gone') {
      state.resourceVersion = null
      break
    }
  }
  state.incoming = null
}

const objectNames = ['a', 'b', 'c', 'd', 'e', 'f']
const step = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    name: fc.constantFrom(...objectNames),
    value: fc.nat(5),
  }),
  fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom(...objectNames) }),
  fc.record({ do: fc.constant('compact' as const) }),
  fc.record({ do: fc.constant('connect' as const), limit: fc.nat(6), paged: fc.boolean() }),
)

test('however often it is cut and compacted, in the end it knows what the server has', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const server = newServer()
      const state = newWatchState()
      for (const one of steps) {
        if (one.do === 'put') server.put(one.name, one.value)
        else if (one.do === 'remove') server.remove(one.name)
        else if (one.do === 'compact') server.compact()
        else connect(state, server, one.limit, one.paged)
      }
      // Two whole connections: the first may end in 410.
      connect(state, server, Infinity, false)
      connect(state, server, Infinity, false)
      const kept = [...server.objects.values()].map(trim).filter((object) => object !== null)
      const byName = (a: KubeObject, b: KubeObject): number =>
        a.metadata.name < b.metadata.name ? -1 : 1
      expect([...state.objects.values()].sort(byName)).toEqual(kept.sort(byName))
      expect(state.synced).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('an unfinished list changes nothing that is visible', () => {
  const server = newServer()
  const state = newWatchState()
  server.put('a', 2)
  connect(state, server, Infinity, false)
  const before = state.objects
  server.put('b', 4)
  server.compact()
  state.resourceVersion = null
  connect(state, server, 1, false)
  expect(state.objects).toBe(before)
  expect(state.resourceVersion).toBeNull()
})

test('a new list keeps the identity of what did not change', () => {
  const server = newServer()
  const state = newWatchState()
  server.put('a', 2)
  server.put('b', 2)
  connect(state, server, Infinity, false)
  const { objects } = state
  const a = objects.get('/a')
  state.resourceVersion = null
  connect(state, server, Infinity, true)
  expect(state.objects).toBe(objects)
  server.put('b', 4)
  state.resourceVersion = null
  connect(state, server, Infinity, false)
  expect(state.objects).not.toBe(objects)
  expect(state.objects.get('/a')).toBe(a)
})

test('a change of nothing that is kept is no change', () => {
  const state = newWatchState()
  beginList(state)
  endList(state, '1')
  const object = (version: string): unknown => ({
    metadata: { name: 'a', uid: 'u', resourceVersion: version },
    value: 2,
  })
  expect(apply(state, { type: 'ADDED', object: object('2') }, trim).kind).toBe('changed')
  expect(apply(state, { type: 'MODIFIED', object: object('3') }, trim).kind).toBe('unchanged')
  expect(state.resourceVersion).toBe('3')
})

test("a server's error is passed on in its words", () => {
  const event = { type: 'ERROR', object: { code: 500, message: 'etcd is away' } }
  expect(apply(newWatchState(), event, trim)).toEqual({
    kind: 'failed',
    code: 500,
    message: 'etcd is away',
  })
})
