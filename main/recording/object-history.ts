import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { ClusterSnapshot } from '../fleet/index.ts'
import type { KubeObject, ResourceKind } from '../kube/index.ts'
import { pack } from './compress.ts'
import { redactObject, redactStatus } from './redact.ts'
import { register } from './register.ts'

/** Objects and states of clusters over time: each version is written once, with the steps it held for. */
export interface ObjectHistory {
  /** Writes what changed since the last step; returns how many versions of objects were new. */
  write(step: number, clusters: readonly ClusterSnapshot[]): number
}

/** Where a version's content is: an item of a pack. */
interface Content {
  readonly digest: string
  readonly pack: number
  readonly item: number
}

interface OpenObject {
  readonly row: number
  readonly content: Content
}

interface OpenKind {
  readonly list: readonly KubeObject[]
  readonly objects: ReadonlyMap<string, OpenObject>
}

interface OpenCluster {
  readonly state: { readonly row: number; readonly json: string }
  readonly kinds: ReadonlyMap<ResourceKind, OpenKind>
}

const closed: OpenCluster = { state: { row: 0, json: '' }, kinds: new Map() }

/** Packs of this size compress well and are still cheap to unpack for one object. */
const PACK_BYTES = 256 * 1024

/** The {@link ObjectHistory} of a file that has no steps yet. */
export function objectHistory(database: DatabaseSync): ObjectHistory {
  const clusterNumber = register(database.prepare('INSERT INTO cluster (id, name) VALUES (?, ?)'))
  const insertState = database.prepare(
    'INSERT INTO cluster_state (cluster, first_step, state) VALUES (?, ?, ?)',
  )
  const endState = database.prepare('UPDATE cluster_state SET last_step = ? WHERE id = ?')
  const insertTime = database.prepare(
    'INSERT INTO telemetry_time (step, cluster, answered_ms) VALUES (?, ?, ?)',
  )
  const insertObject = database.prepare(
    'INSERT INTO object (cluster, kind, first_step, pack, item) VALUES (?, ?, ?, ?, ?)',
  )
  const endObject = database.prepare('UPDATE object SET last_step = ? WHERE id = ?')
  const contents = contentStore(database)
  let open: ReadonlyMap<string, OpenCluster> = new Map()

  function writeKind(
    step: number,
    cluster: number,
    kind: ResourceKind,
    list: readonly KubeObject[],
    last: OpenKind | undefined,
  ) {
    if (last?.list === list) return { kind: last, added: 0 }
    const objects = new Map<string, OpenObject>()
    let added = 0
    for (const object of list) {
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}/${object.metadata.uid}`
      const content = contents.of(kind, object)
      const before = last?.objects.get(key)
      if (before !== undefined && before.content.digest === content.digest) objects.set(key, before)
      else {
        const { lastInsertRowid } = insertObject.run(
          cluster,
          kind,
          step,
          content.pack,
          content.item,
        )
        objects.set(key, { row: Number(lastInsertRowid), content })
        added++
      }
    }
    endMissing(step, last, objects)
    return { kind: { list, objects }, added }
  }

  function endMissing(
    step: number,
    last: OpenKind | undefined,
    now: ReadonlyMap<string, OpenObject>,
  ) {
    for (const [key, { row }] of last?.objects ?? [])
      if (now.get(key)?.row !== row) endObject.run(step - 1, row)
  }

  return {
    write(step, clusters) {
      let added = 0
      const now = new Map<string, OpenCluster>()
      clusters.forEach((snapshot, position) => {
        const { name, telemetry } = snapshot.status
        const cluster = clusterNumber(name)
        const last = open.get(name) ?? closed
        const state = stateOf(snapshot, position)
        const kinds = new Map<ResourceKind, OpenKind>()
        for (const kind of kindsOf(snapshot)) {
          const written = writeKind(
            step,
            cluster,
            kind,
            snapshot.objects[kind] ?? [],
            last.kinds.get(kind),
          )
          kinds.set(kind, written.kind)
          added += written.added
        }
        for (const [kind, before] of last.kinds)
          if (!kinds.has(kind)) endMissing(step, before, new Map())
        if (telemetry.answeredMs !== null)
          insertTime.run(step, cluster, Math.round(telemetry.answeredMs))
        if (state === last.state.json) now.set(name, { state: last.state, kinds })
        else {
          if (last !== closed) endState.run(step - 1, last.state.row)
          const { lastInsertRowid } = insertState.run(cluster, step, state)
          now.set(name, { state: { row: Number(lastInsertRowid), json: state }, kinds })
        }
      })
      for (const [name, gone] of open) {
        if (now.has(name)) continue
        endState.run(step - 1, gone.state.row)
        for (const kind of gone.kinds.values()) endMissing(step, kind, new Map())
      }
      contents.flush()
      open = now
      return added
    },
  }
}

function kindsOf(snapshot: ClusterSnapshot): ResourceKind[] {
  return Object.keys(snapshot.objects) as ResourceKind[]
}

/** A cluster's state without what changes at every step and is kept elsewhere. */
function stateOf(snapshot: ClusterSnapshot, position: number): string {
  return JSON.stringify({
    position,
    status: redactStatus(snapshot.status),
    kinds: kindsOf(snapshot).toSorted(),
    unreadable: snapshot.unreadable,
  })
}

/** Contents by digest: one that came before is not written again, however often an object returns to it. */
function contentStore(database: DatabaseSync) {
  const insertPack = database.prepare('INSERT INTO object_pack (id, size, data) VALUES (?, ?, ?)')
  const byDigest = new Map<string, Content>()
  // Snapshots share objects that did not change: most are known by identity.
  const byObject = new WeakMap<KubeObject, Content>()
  let items: string[] = []
  let length = 0
  let packs = 1

  function flush() {
    if (items.length === 0) return
    const { size, data } = pack(Buffer.from(`[${items.join(',')}]`))
    insertPack.run(packs, size, data)
    packs++
    items = []
    length = 0
  }

  return {
    flush,
    of(kind: ResourceKind, object: KubeObject): Content {
      const known = byObject.get(object)
      if (known !== undefined) return known
      const json = JSON.stringify(redactObject(kind, object))
      const digest = createHash('sha256').update(json).digest('base64')
      let content = byDigest.get(digest)
      if (content === undefined) {
        content = { digest, pack: packs, item: items.length }
        byDigest.set(digest, content)
        items.push(json)
        length += json.length
        if (length >= PACK_BYTES) flush()
      }
      byObject.set(object, content)
      return content
    },
  }
}
