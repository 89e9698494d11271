import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { ClusterSnapshot, ClusterStatus } from '../fleet/index.ts'
import type { KubeObject, ResourceKind } from '../kube/index.ts'
import { unpack } from './compress.ts'
import { RecordingError } from './error.ts'
import { kindRules } from './redact-kinds.ts'
import { damaged, FARTHEST_MS, integer, packed, parseJson, rows, type Row } from './rows.ts'
import { LIMITS } from './schema.ts'

/** The recorded objects and states, step by step. */
export interface FleetHistory {
  /** The clusters as they were at a step. What did not change since the last call is the same object. */
  at(step: number): readonly ClusterSnapshot[]
}

const kindNames = new Set(Object.keys(kindRules))
const isKind = (kind: string): kind is ResourceKind => kindNames.has(kind)

const text = z.string().max(4096)
const nullableText = text.nullable()

const stateSchema = z.object({
  position: z.int().nonnegative(),
  status: z.object({
    name: text,
    contexts: z.array(text).max(1000),
    uid: nullableText,
    identityAssumed: z.boolean(),
    state: z.enum(['connecting', 'ready', 'degraded', 'unauthorized', 'unreachable', 'paused']),
    sinceMs: z.number().min(-FARTHEST_MS).max(FARTHEST_MS),
    reason: nullableText,
    remedy: nullableText,
    kubernetesVersion: nullableText,
    telemetry: z.object({
      state: z.enum(['unknown', 'ready', 'missing', 'failing']),
      endpoint: nullableText,
      reason: nullableText,
      remedy: nullableText,
    }),
  }),
  kinds: z.array(text).max(1000),
  unreadable: z.record(z.string(), text),
})

type State = z.infer<typeof stateSchema>

const objectSchema = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z.object({
    name: text,
    namespace: text.optional(),
    uid: text,
    creationTimestamp: text.optional(),
    deletionTimestamp: text.optional(),
    generation: z.number().optional(),
    labels: z.record(z.string(), text).optional(),
    annotations: z.record(z.string(), text).optional(),
    ownerReferences: z
      .array(z.object({ kind: text, name: text, uid: text, controller: z.boolean().optional() }))
      .optional(),
  }),
})

interface Version {
  readonly first: number
  readonly last: number
}

interface StateVersion extends Version {
  readonly state: State
}

interface ObjectVersion extends Version {
  readonly pack: number
  readonly item: number
}

interface ClusterHistory {
  readonly states: StateVersion[]
  readonly kinds: Map<ResourceKind, ObjectVersion[]>
}

/** Reads the recorded fleet of an opened file. Damage throws a {@link RecordingError}; objects that cannot be read are told as unreadable by `at`. */
export function fleetHistory(database: DatabaseSync): FleetHistory {
  const clusters = readClusters(database)
  const bytes = database.prepare('SELECT total(size) AS bytes FROM object_pack').get()?.['bytes']
  if (typeof bytes !== 'number' || bytes > LIMITS.objectBytes)
    throw new RecordingError('The recording is refused: its objects are too large.')
  const content = packReader(database)
  const answered = database.prepare(
    'SELECT answered_ms FROM telemetry_time WHERE step <= ? AND cluster = ? ORDER BY step DESC LIMIT 1',
  )
  const lists = new Map<string, readonly KubeObject[]>()

  function listAt(
    cluster: number,
    kind: ResourceKind,
    versions: readonly ObjectVersion[],
    step: number,
  ) {
    const objects = versions
      .filter(({ first, last }) => first <= step && step <= last)
      .map(({ pack, item }) => content(pack, item))
    const key = `${cluster}/${kind}`
    const before = lists.get(key)
    if (
      before?.length === objects.length &&
      objects.every((object, index) => object === before[index])
    )
      return before
    lists.set(key, objects)
    return objects
  }

  return {
    at(step) {
      const present = [...clusters].flatMap(([id, { states, kinds }]) => {
        const state = states.find(({ first, last }) => first <= step && step <= last)?.state
        if (state === undefined) return []
        const answeredMs = answered.get(step, id)?.['answered_ms']
        const objects: Partial<Record<ResourceKind, readonly KubeObject[]>> = {}
        const unreadable: Partial<Record<string, string>> = { ...state.unreadable }
        for (const kind of state.kinds.filter(isKind))
          try {
            objects[kind] = listAt(id, kind, kinds.get(kind) ?? [], step)
          } catch (error) {
            // One damaged kind does not hide the others.
            if (!(error instanceof RecordingError)) throw error
            unreadable[kind] = error.message
          }
        const snapshot: ClusterSnapshot = {
          status: statusOf(state, isTime(answeredMs) ? answeredMs : null),
          objects,
          unreadable,
        }
        return [{ position: state.position, snapshot }]
      })
      return present
        .toSorted((left, right) => left.position - right.position)
        .map(({ snapshot }) => snapshot)
    },
  }
}

function isTime(ms: unknown): ms is number {
  return typeof ms === 'number' && Math.abs(ms) <= FARTHEST_MS
}

function statusOf({ status }: State, answeredMs: number | null): ClusterStatus {
  return { ...status, telemetry: { ...status.telemetry, answeredMs } }
}

function readClusters(database: DatabaseSync): Map<number, ClusterHistory> {
  const clusters = new Map<number, ClusterHistory>()
  for (const row of rows(database, 'SELECT id FROM cluster ORDER BY id', LIMITS.clusters))
    clusters.set(integer(row, 'id'), { states: [], kinds: new Map() })
  const of = (row: Row) => {
    const cluster = clusters.get(integer(row, 'cluster'))
    if (cluster === undefined) throw damaged('it speaks of a cluster that is not there')
    return cluster
  }
  for (const row of rows(
    database,
    'SELECT cluster, first_step, last_step, state FROM cluster_state ORDER BY id',
    LIMITS.objects,
  ))
    of(row).states.push({ ...version(row), state: parseState(row['state']) })
  for (const row of rows(
    database,
    'SELECT cluster, kind, first_step, last_step, pack, item FROM object ORDER BY id',
    LIMITS.objects,
  )) {
    const kind = String(row['kind'])
    if (!isKind(kind)) continue
    const { kinds } = of(row)
    const list = kinds.get(kind) ?? []
    kinds.set(kind, list)
    list.push({ ...version(row), pack: integer(row, 'pack'), item: integer(row, 'item') })
  }
  return clusters
}

function version(row: Row): Version {
  const last = row['last_step']
  return { first: integer(row, 'first_step'), last: typeof last === 'number' ? last : Infinity }
}

function parseState(json: unknown): State {
  if (typeof json !== 'string' || json.length > LIMITS.textBytes)
    throw damaged('the state of a cluster is too long')
  const parsed = stateSchema.safeParse(parseJson(json))
  if (!parsed.success)
    throw damaged(`the state of a cluster is malformed (${z.prettifyError(parsed.error)})`)
  return parsed.data
}

/** Reads objects out of packs; each pack is unpacked and checked once. */
function packReader(database: DatabaseSync) {
  const select = database.prepare('SELECT size, data FROM object_pack WHERE id = ?')
  const packs = new Map<number, readonly KubeObject[]>()
  return (id: number, item: number): KubeObject => {
    let objects = packs.get(id)
    if (objects === undefined) {
      const row = select.get(id)
      if (row === undefined) throw damaged('objects are missing')
      const json = Buffer.from(unpack(packed(row), LIMITS.unpackedBytes)).toString('utf8')
      const parsed = z.array(objectSchema).safeParse(parseJson(json))
      if (!parsed.success)
        throw damaged(`an object is malformed (${z.prettifyError(parsed.error).slice(0, 500)})`)
      // Zod marks what may be absent as possibly undefined; JSON never holds undefined.
      objects = parsed.data as readonly KubeObject[]
      packs.set(id, objects)
    }
    const object = objects[item]
    if (object === undefined) throw damaged('an object is missing')
    return object
  }
}
