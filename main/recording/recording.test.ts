import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  answer,
  BEGIN_MS,
  cluster,
  service,
  status,
} from '../../test/integration/recording/fixture.ts'
import { openRecording } from './recorded-source.ts'
import { createRecording, type RecordedStep } from './writer.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-recording-test-'))
  file = join(folder, 'fleet.smm-recording')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const meta = { title: 'A test', stepSeconds: 10, loop: false, createdBy: 'test' }

function record(steps: readonly RecordedStep[], changes: Partial<typeof meta> = {}): void {
  const writer = createRecording(file, { ...meta, ...changes })
  for (const step of steps) writer.write(step)
  writer.close()
}

const at = (step: number) => BEGIN_MS + step * 10_000

/** A step at which `east` answers with counters of `a` that rise by 50 in 5 s. */
function steadyStep(step: number, historySeconds = 10): RecordedStep {
  const fromMs = at(step) - historySeconds * 1000
  const times = Array.from(
    { length: historySeconds / 5 },
    (_, index) => fromMs + (index + 1) * 5000,
  )
  const samples = times.map((atMs) => ({
    workload: 'a',
    atMs,
    value: 1000 + (atMs - BEGIN_MS + 300_000) / 100,
  }))
  return {
    atMs: at(step),
    clusters: [cluster('east', [])],
    answers: [answer('east', fromMs, samples)],
  }
}

function open() {
  let nowMs = 77_000_000
  const source = openRecording(file, { now: () => nowMs })
  return {
    source,
    advance: (seconds: number) => {
      nowMs += seconds * 1000
    },
    services: (name: string) =>
      source
        .snapshot()
        .clusters.find((one) => one.status.name === name)
        ?.objects.Service?.map(
          ({ metadata }) => `${metadata.name}@${metadata.labels?.['version']}`,
        ),
  }
}

describe('a recording', () => {
  it('is one file, readable by its owner only, without sidecars', () => {
    record([steadyStep(0)])
    expect(readdirSync(folder)).toEqual(['fleet.smm-recording'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file).subarray(18, 20)).toEqual(Buffer.from([1, 1]))
  })

  it('never overwrites a file', () => {
    writeFileSync(file, 'precious')
    expect(() => createRecording(file, meta)).toThrow(/exists already/)
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })

  it('plays objects, states and clusters as they were at each step', () => {
    const gone = {
      ...cluster('west', [service('w')]),
      status: status('west', { state: 'degraded' }),
    }
    record([
      { atMs: at(0), clusters: [cluster('east', [service('a'), service('b')]), gone], answers: [] },
      { atMs: at(1), clusters: [cluster('east', [service('a', '2'), service('b')])], answers: [] },
      { atMs: at(2), clusters: [cluster('east', [service('b')]), gone], answers: [] },
      { atMs: at(3), clusters: [cluster('east', [service('a'), service('b')])], answers: [] },
    ])
    const { source, advance, services } = open()
    expect(services('east')).toEqual(['a@1', 'b@1'])
    expect(services('west')).toEqual(['w@1'])
    expect(source.snapshot().clusters[1]?.status.state).toBe('degraded')
    advance(10)
    expect(services('east')?.toSorted()).toEqual(['a@2', 'b@1'])
    expect(services('west')).toBeUndefined()
    advance(10)
    expect(services('east')).toEqual(['b@1'])
    expect(services('west')).toEqual(['w@1'])
    advance(10)
    expect(services('east')?.toSorted()).toEqual(['a@1', 'b@1'])
    expect(source.snapshot()).toMatchObject({ revision: 4, atMs: at(3) })
    expect(source.snapshot().clusters[0]?.unreadable).toEqual({ Pod: 'forbidden' })
  })

  it('writes an object that comes back once, and shares what did not change', () => {
    const flapping = Array.from({ length: 20 }, (_, step) => ({
      atMs: at(step),
      clusters: [cluster('east', [service('a', String(step % 2)), service('b')])],
      answers: [],
    }))
    record(flapping)
    const database = new DatabaseSync(file, { readOnly: true })
    expect(database.prepare('SELECT count(*) AS packs FROM object_pack').get()).toEqual({
      packs: 2,
    })
    database.close()
    const { source, advance } = open()
    const first = source.snapshot().clusters[0]?.objects.Service
    advance(10)
    const second = source.snapshot().clusters[0]?.objects.Service
    expect(second?.find(({ metadata }) => metadata.name === 'b')).toBe(
      first?.find(({ metadata }) => metadata.name === 'b'),
    )
  })

  it('answers rates from raw samples, over windows that reach before the first step', async () => {
    record([steadyStep(0, 300), steadyStep(1), steadyStep(2)])
    const { source } = open()
    const ask = (atMs: number, windowSeconds: number) =>
      source.ask({ name: 'edges', atMs, windowSeconds, identity: 'full' })
    for (const [atMs, windowSeconds] of [
      [at(0), 60],
      [at(0), 290],
      [at(1) + 3000, 60],
      [at(2), 300],
    ] as const) {
      const [east] = await ask(atMs, windowSeconds)
      expect(east).toMatchObject({ ok: true, endpoint: 'prometheus-east', clusters: ['east'] })
      const rates = east?.ok === true ? [...(east.answer.requests.values['rate'] ?? [])] : []
      expect(rates).toHaveLength(1)
      expect(rates[0]).toBeCloseTo(10, 5)
    }
  })

  it('answers any moment of a long recording, in any order', async () => {
    record([steadyStep(0, 60), ...Array.from({ length: 50 }, (_, step) => steadyStep(step + 1))])
    const { source } = open()
    for (const step of [22, 50, 7, 30, 31, 45, 0, 19, 20, 21]) {
      const [east] = await source.ask({
        name: 'edges',
        atMs: at(step),
        windowSeconds: 50,
        identity: 'full',
      })
      const rates = east?.ok === true ? [...(east.answer.requests.values['rate'] ?? [])] : []
      expect(rates, `step ${step}`).toHaveLength(1)
      expect(rates[0], `step ${step}`).toBeCloseTo(10, 5)
    }
  })

  it('says `not recorded` for any time and window outside of it', async () => {
    record([steadyStep(0, 300), steadyStep(1)])
    const { source } = open()
    for (const [atMs, windowSeconds] of [
      [at(0), 301],
      [at(1) + 1, 60],
      [at(1) + 60_000, 60],
      [at(0) - 100_000, 300],
    ] as const)
      expect(
        await source.ask({ name: 'edges', atMs, windowSeconds, identity: 'full' }),
        `${atMs - BEGIN_MS} ms, ${windowSeconds} s`,
      ).toMatchObject([{ ok: false, reason: 'not recorded' }])
    const [series] = await source.ask({
      name: 'series',
      fromMs: at(0) - 250_000,
      toMs: at(0),
      stepSeconds: 10,
      windowSeconds: 60,
      of: { kind: 'workload', namespace: 'shop', name: 'a', direction: 'inbound' },
    })
    expect(series).toMatchObject({ ok: false, reason: 'not recorded' })
  })

  it('repeats why an endpoint did not answer, while the others do', async () => {
    const west = answer('west', at(0) - 10_000, { reason: 'HTTP 503 from https://u:p@prom/?t=1' })
    const { answers, ...step } = steadyStep(0, 300)
    record([{ ...step, answers: [...answers, west] }, steadyStep(1)])
    const { source } = open()
    const question = { name: 'edges', atMs: at(0), windowSeconds: 60, identity: 'lean' } as const
    expect(await source.ask(question)).toMatchObject([
      { endpoint: 'prometheus-east', ok: true },
      {
        endpoint: 'prometheus-west',
        ok: false,
        reason: 'HTTP 503 from https://prom/',
        remedy: 'Restart it.',
      },
    ])
    expect(await source.ask(question, { clusters: ['west'] })).toHaveLength(1)
    expect(await source.ask({ ...question, atMs: at(1) })).toHaveLength(1)
  })

  it('keeps raw samples with their own times, each once, and apart what only pods tell apart', async () => {
    const sample = (series: string, offsetMs: number, value: number) => ({
      workload: 'a',
      series,
      atMs: at(0) + offsetMs,
      value,
    })
    record([
      {
        atMs: at(0),
        clusters: [],
        answers: [answer('east', at(0) - 20_000, [sample('p', -9871, 5), sample('q', -3, 7)])],
      },
      {
        atMs: at(1),
        clusters: [],
        answers: [
          // Asked again with an overlap: one known, one that was late, one new.
          answer('east', at(0) - 20_000, [
            sample('q', -3, 7),
            sample('q', -1, 8),
            sample('p', 129, 6),
          ]),
        ],
      },
    ])
    const { source } = open()
    const [east] = await source.ask({ name: 'samples', fromMs: at(0) - 20_000, toMs: at(1) })
    const table = east?.ok === true ? east.answer.samples : null
    const series = table?.labels['series']
    const rows = Array.from({ length: table?.rowCount ?? 0 }, (_, row) => [
      series?.dictionary[series.codes[row] ?? 0],
      (table?.values['atMs']?.[row] ?? 0) - at(0),
      table?.values['value']?.[row],
    ])
    const [p, q] = [rows[0]?.[0], rows.at(-1)?.[0]]
    expect(p).not.toBe(q)
    expect(rows).toEqual([
      [p, -9871, 5],
      [p, 129, 6],
      [q, -3, 7],
      [q, -1, 8],
    ])
  })

  it('says when telemetry last answered, in recorded time', () => {
    const answering = (answeredMs: number | null) => ({
      ...cluster('east', []),
      status: { ...status('east'), telemetry: { ...status('east').telemetry, answeredMs } },
    })
    record([
      { atMs: at(0), clusters: [answering(null)], answers: [] },
      { atMs: at(1), clusters: [answering(at(1) - 20)], answers: [] },
      { atMs: at(2), clusters: [answering(at(2) - 30)], answers: [] },
    ])
    const { source, advance } = open()
    const answered = () => source.snapshot().clusters[0]?.status.telemetry.answeredMs
    expect(answered()).toBeNull()
    advance(10)
    expect(answered()).toBe(at(1) - 20)
    advance(10)
    expect(answered()).toBe(at(2) - 30)
  })

  it('starts again when looped, and can be sought', async () => {
    record([steadyStep(0, 300), steadyStep(1), steadyStep(2)], { loop: true })
    const { source, advance } = open()
    expect(source.timeline()).toEqual({
      mode: 'recording',
      title: 'A test',
      fromMs: at(0),
      toMs: at(2),
      stepSeconds: 10,
      loop: true,
      positionMs: at(0),
    })
    advance(25)
    expect(source.timeline()).toMatchObject({ positionMs: at(0) + 5000 })
    await source.seek(at(1) + 1)
    expect(source.snapshot().atMs).toBe(at(1))
    await source.close()
    await source.close()
  })
})

describe('a writer that is killed', () => {
  it('leaves every finished step, and the file as it was', async () => {
    const script = new URL('../../test/integration/recording/endless-writer.ts', import.meta.url)
    const child = spawn(process.execPath, [script.pathname, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let finished = 0
    for await (const line of createInterface({ input: child.stdout })) {
      finished = Number(line)
      if (finished === 30) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const before = readdirSync(folder)
    expect(before).toContain('fleet.smm-recording-wal')
    const bytes = readFileSync(file)

    const { source, services } = open()
    await source.seek(Infinity)
    const steps = (source.snapshot().atMs - BEGIN_MS) / 1000 + 1
    expect(steps).toBeGreaterThanOrEqual(finished)
    expect(services('east')?.[0]).toBe(`s0@${steps - 1}`)
    await source.close()
    expect(readdirSync(folder)).toEqual(before)
    expect(readFileSync(file).equals(bytes)).toBe(true)
  }, 60_000)

  it('takes no step that was begun and not finished', () => {
    const writer = createRecording(file, meta)
    writer.write(steadyStep(0))
    const halfway = {
      ...cluster('west', []),
      get status(): never {
        throw new Error('gone')
      },
    }
    const clusters = [cluster('east', [service('new')]), halfway]
    expect(() => writer.write({ ...steadyStep(1), clusters })).toThrow('gone')
    expect(() => writer.write(steadyStep(2))).toThrow(/stopped at an error/)
    writer.close()
    const { source, services } = open()
    expect(source.timeline()).toMatchObject({ fromMs: at(0), toMs: at(0) })
    expect(services('east')).toEqual([])
  })

  it('refuses a step that is not later than the last', () => {
    const writer = createRecording(file, meta)
    writer.write(steadyStep(1))
    expect(() => writer.write(steadyStep(1))).toThrow(/later/)
    writer.write(steadyStep(2))
    writer.close()
  })
})

describe('a file that is not to be trusted', () => {
  const tampered = (sql: string) => {
    const { clusters: _, ...step } = steadyStep(0, 300)
    record([{ ...step, clusters: [cluster('east', [service('a')])] }, steadyStep(1)])
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
    database.exec(sql)
    database.close()
    return () => openRecording(file)
  }

  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON step BEGIN DELETE FROM meta; END'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
    [
      'a view in place of a table',
      'DROP TABLE meta; CREATE VIEW meta AS SELECT 1 AS key, 2 AS value',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE v USING fts5(x)'],
    ['an index', 'CREATE INDEX i ON step (abs(at_ms))'],
    ['another table', 'CREATE TABLE more (x)'],
    ['another column', 'ALTER TABLE step ADD COLUMN x TEXT'],
    ['a missing table', 'DROP TABLE chunk'],
  ])('is refused with %s', (_, sql) => {
    expect(tampered(sql)).toThrow(/its tables are not those/)
  })

  it.each([
    ['another application', 'PRAGMA application_id = 1', /is no recording of Service Mesh Manager/],
    [
      'a newer format',
      'PRAGMA user_version = 2',
      /has recording format 2; .* A newer .* can open it/,
    ],
    ['no step', 'DELETE FROM step', /holds no step/],
    [
      'a state that is none',
      "UPDATE cluster_state SET state = '{}'",
      /state of a cluster is malformed/,
    ],
    [
      'a title that is a number',
      "UPDATE meta SET value = 'x' WHERE key = 'stepSeconds'",
      /of itself is malformed/,
    ],
    ['steps out of order', 'UPDATE step SET at_ms = 0 WHERE id = 2', /out of order/],
    ['a step at no time', 'UPDATE step SET at_ms = 9007199254740000 WHERE id = 2', /holds no time/],
    [
      'a state since no time',
      "UPDATE cluster_state SET state = json_set(state, '$.status.sinceMs', 1e300)",
      /state of a cluster is malformed/,
    ],
    [
      'objects too large to unpack',
      'UPDATE object_pack SET size = 1 << 40',
      /objects are too large/,
    ],
    ['an object of no cluster', 'UPDATE object SET cluster = 99', /a cluster that is not there/],
  ])('is refused with %s', (_, sql, reason) => {
    expect(tampered(sql)).toThrow(reason)
  })

  it('is refused when a part unpacks to more than it says, or than is allowed', async () => {
    const question = { name: 'edges', atMs: at(0), windowSeconds: 60, identity: 'lean' } as const
    for (const size of [1, 2 ** 40]) {
      rmSync(file, { force: true })
      const source = tampered(`UPDATE chunk SET size = ${size}`)()
      expect(await source.ask(question)).toMatchObject([{ ok: false, remedy: 'Record it again.' }])
      await source.close()
    }
  })

  it('tells what of it cannot be read, and goes on', async () => {
    const lost = tampered('DELETE FROM object_pack')()
    expect(lost.snapshot().clusters).toMatchObject([
      { objects: {}, unreadable: { Service: expect.stringMatching(/objects are missing/) } },
    ])
    await lost.close()
    rmSync(file)
    for (const change of ["clusters = '[1]'", 'age_seconds = 9e999']) {
      const mute = tampered(`UPDATE answer SET ${change}`)()
      expect(
        await mute.ask({ name: 'edges', atMs: at(0), windowSeconds: 60, identity: 'lean' }),
      ).toMatchObject([
        {
          clusters: ['east'],
          ok: false,
          reason: expect.stringMatching(/answer of an endpoint is malformed/),
        },
      ])
      await mute.close()
      rmSync(file)
    }
  })

  it('is refused when it is no file, no database, cut off, or not there', () => {
    expect(() => openRecording(folder)).toThrow(/is not a file/)
    expect(() => openRecording(join(folder, 'none'))).toThrow(/no such file/)
    const other = join(folder, 'other')
    writeFileSync(other, '<html>')
    expect(() => openRecording(other)).toThrow(/is no recording/)
    writeFileSync(other, '')
    expect(() => openRecording(other)).toThrow(/is no recording/)
    record([steadyStep(0, 300)])
    writeFileSync(other, readFileSync(file).subarray(0, 9000))
    expect(() => openRecording(other)).toThrow(/damaged|cannot be read/)
  })

  it('gives a clear error, and nothing else, whichever byte was changed', async () => {
    record([steadyStep(0, 300), steadyStep(1)])
    const bytes = readFileSync(file)
    const other = join(folder, 'other')
    let seed = 7
    for (let run = 0; run < 150; run++) {
      seed = (seed * 48_271) % 2_147_483_647
      const hurt = Buffer.from(bytes)
      hurt[seed % bytes.length] = (hurt[seed % bytes.length] ?? 0) ^ (1 + (run % 255))
      writeFileSync(other, hurt)
      try {
        const source = openRecording(other)
        source.snapshot()
        await source.ask({ name: 'edges', atMs: at(0), windowSeconds: 60, identity: 'lean' })
        await source.close()
      } catch (error) {
        expect(error).toMatchObject({ name: 'RecordingError' })
      }
    }
  }, 60_000)

  it('is opened without leaving a trace beside it', async () => {
    record([steadyStep(0, 300)])
    const twin = join(folder, 'twin')
    copyFileSync(file, twin)
    const before = [readFileSync(twin), statSync(twin).mtimeMs] as const
    const source = openRecording(twin)
    source.snapshot()
    await source.close()
    expect(readdirSync(folder).toSorted()).toEqual(['fleet.smm-recording', 'twin'])
    expect(readFileSync(twin).equals(before[0])).toBe(true)
    expect(statSync(twin).mtimeMs).toBe(before[1])
  })
})
