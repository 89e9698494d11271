import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, expect, test } from 'vitest'
import type { Graph } from '../../../main/traffic/index.ts'
import { launcher, newUser } from './smm.ts'

const user = newUser()
afterAll(() => user.leave())

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await user.smm(...args, '-o', 'json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as T
}

const keys = (value: object) => Object.keys(value).join(' ')

test('smm fleet prints the fleet in its documented shape, and nothing else on stdout', async () => {
  interface Fleet {
    at: string
    clusters: {
      id: string
      name: string
      state: string
      since: string
      controlPlanes: object[]
      counts: object
    }[]
  }
  const fleet = await json<Fleet>('fleet', '--sample')
  expect(keys(fleet)).toBe('at clusters problems')
  expect(fleet.clusters.length).toBeGreaterThanOrEqual(3)
  for (const cluster of fleet.clusters) {
    expect(keys(cluster)).toBe(
      'id name contexts state since reason remedy kubernetesVersion provider distribution region controlPlanes meshId network trustDomain counts',
    )
    expect(keys(cluster.counts)).toBe('nodes namespaces workloads services gateways')
    expect(cluster.controlPlanes.map(keys)).toEqual(
      cluster.controlPlanes.map(() => 'name revision version'),
    )
    expect(cluster.id).toBe(`cluster:${cluster.name}`)
    expect(cluster.state).toBe('ready')
    expect(new Date(cluster.since).toISOString()).toBe(cluster.since)
  }
})

test('smm graph prints the map in its documented shape', async () => {
  const graph = await json<Graph>('graph', '--sample')
  expect(keys(graph)).toBe('at windowSeconds clusters nodes edges')
  expect(graph.windowSeconds).toBe(60)
  for (const cluster of graph.clusters) expect(keys(cluster)).toBe('name state ageSeconds')
  expect(graph.nodes.length).toBeGreaterThan(20)
  for (const node of graph.nodes) {
    expect(keys(node)).toBe('id kind cluster namespace name app version kubernetesKind health')
    expect(keys(node.health)).toBe('status reasons')
    expect(node.health.reasons.length, node.id).toBeGreaterThan(0)
  }
  expect(graph.edges.length).toBeGreaterThan(20)
  const ids = new Set(graph.nodes.map(({ id }) => id))
  for (const edge of graph.edges) {
    expect(keys(edge)).toBe(
      'source target protocol requestRate errorRatio bytesPerSecond latencyMs mtls responses',
    )
    expect(keys(edge.bytesPerSecond)).toBe('sent received')
    expect(keys(edge.latencyMs)).toBe('p50 p90 p95 p99')
    expect(keys(edge.mtls)).toBe('ratio sourcePrincipals destinationPrincipals')
    for (const response of edge.responses) expect(keys(response)).toBe('code flags rate hosts')
    expect([ids.has(edge.source), ids.has(edge.target)], JSON.stringify(edge)).toEqual([true, true])
  }
  const http = graph.edges.filter(({ protocol }) => protocol === 'http')
  expect(http.some(({ latencyMs }) => (latencyMs.p99 ?? 0) > 0)).toBe(true)
  expect(http.some(({ bytesPerSecond }) => (bytesPerSecond.received ?? 0) > 0)).toBe(true)
  expect(
    graph.edges.some(({ protocol, requestRate }) => protocol === 'tcp' && requestRate === null),
  ).toBe(true)
})

test('a moment of a recording is the same every time, and follows --at', async () => {
  const { at } = await json<Graph>('graph', '--sample')
  const before = new Date(Date.parse(at) - 120_000).toISOString()
  const [one, two, other] = await Promise.all([
    json<Graph>('graph', '--sample', '--at', before),
    json<Graph>('graph', '--sample', '--at', before),
    json<Graph>('graph', '--sample', '--at', at),
  ])
  expect(one).toEqual(two)
  expect(one.at).toBe(before)
  expect(other.edges).not.toEqual(one.edges)
})

test('views and namespaces narrow the map', async () => {
  const [whole, byApp, inOne] = await Promise.all([
    json<Graph>('graph', '--sample'),
    json<Graph>('graph', '--sample', '--by', 'app'),
    json<Graph>('graph', '--sample', '-n', 'payments'),
  ])
  expect(byApp.nodes.filter(({ kind }) => kind === 'app').length).toBeGreaterThan(5)
  expect(byApp.nodes.length).toBeLessThan(whole.nodes.length)
  const namespaceOf = new Map(inOne.nodes.map(({ id, namespace }) => [id, namespace]))
  expect(inOne.edges.length).toBeGreaterThan(0)
  expect(inOne.edges.length).toBeLessThan(whole.edges.length)
  for (const { source, target } of inOne.edges) {
    expect([namespaceOf.get(source), namespaceOf.get(target)]).toContain('payments')
  }
  const measured = inOne.edges.filter(({ protocol }) => protocol !== 'tcp')
  expect(measured.filter(({ latencyMs }) => latencyMs.p50 !== null).length).toBeGreaterThan(0)
})

test('YAML says what JSON says, and a table is for people', async () => {
  const at = (await json<Graph>('graph', '--sample')).at
  const args = ['graph', '--sample', '--at', at] as const
  const [asJson, asYaml, asTable] = await Promise.all([
    json<Graph>(...args),
    user.smm(...args, '-o', 'yaml'),
    user.smm(...args),
  ])
  expect(parse(asYaml.stdout)).toEqual(asJson)
  expect(asTable.stdout).toMatch(/^SOURCE +TARGET +PROTOCOL +REQUESTS\/S/m)
  expect(asTable.stderr).toMatch(/Recorded: .+/)
})

test('wrong usage ends with 2, says what is wrong on stderr and prints no answer', async () => {
  const notes = join(user.env['HOME'] ?? '', 'notes.txt')
  writeFileSync(notes, 'no recording')
  const wrong: readonly (readonly [RegExp, ...string[]])[] = [
    [/unknown command/, 'grpah'],
    [/no kubeconfig with a context.*--sample/is, 'fleet'],
    [/notes\.txt/, 'fleet', '--recording', notes],
    [/The recording spans/, 'graph', '--sample', '--at', '2001-01-01T00:00:00Z'],
  ]
  for (const [pattern, ...args] of wrong) {
    const { code, stdout, stderr } = await user.smm(...args)
    expect(stderr, args.join(' ')).toMatch(pattern)
    expect([code, stdout], args.join(' ')).toEqual([2, ''])
  }
})

test('a Prometheus that is not there is a partial answer, and credentials stay unsaid', async () => {
  const { code, stdout, stderr } = await user.smm(
    'graph',
    '--output=json',
    '--prometheus=east=http://ann:s3cret@127.0.0.1:9',
  )
  expect(code).toBe(3)
  expect((JSON.parse(stdout) as Graph).clusters).toMatchObject([{ name: 'east', ageSeconds: null }])
  expect(stderr).toContain('east: no telemetry')
  expect(stdout + stderr).not.toContain('s3cret')
})

test('version, schema and completion work', async () => {
  const version = await json<{ version: string; dataFolder: string }>('version')
  expect(version.dataFolder).toBe(user.env['SMM_HOME'])
  expect((await user.smm('schema')).stdout).toContain('type Query {')
  const { stdout: script } = await user.smm('completion', 'bash')
  const completed = execFileSync(
    'bash',
    ['-c', `${script}\nCOMP_WORDS=(smm graph --by s); COMP_CWORD=3; _smm; echo "\${COMPREPLY[@]}"`],
    { encoding: 'utf8' },
  )
  expect(completed.trim()).toBe('service')
})

test('a reader that stops early is no error', () => {
  const script = `set -o pipefail; "${launcher}" graph --sample -o json | head -c 10`
  expect(execFileSync('bash', ['-c', script], { env: user.env, encoding: 'utf8' })).toHaveLength(10)
})

test('the dashboard serves the sample where there is no context, until it is interrupted', async () => {
  const dashboard = user.start('dashboard', '--no-open')
  const said = await dashboard.saw(/http:\/\/127\.0\.0\.1:\d+\/#code=\S+\n/)
  expect(said).toContain('this is the sample fleet')
  const url = new URL(/http:\S+/.exec(said)?.[0] ?? '')
  const session = await fetch(new URL('/session', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: url.hash.slice('#code='.length) }),
  })
  const { token } = (await session.json()) as { token: string }
  const answer = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ timeline { mode loop } }' }),
  })
  expect(await answer.json()).toEqual({ data: { timeline: { mode: 'recording', loop: true } } })
  dashboard.child.kill('SIGINT')
  expect((await dashboard.finished).code).toBe(130)
  await expect(fetch(url)).rejects.toThrow()
})

test('the launcher works through links, and says what to do before npm install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smm-launcher-'))
  try {
    symlinkSync(launcher, join(folder, 'smm'))
    const version = execFileSync(join(folder, 'smm'), ['version'], {
      encoding: 'utf8',
      cwd: folder,
    })
    expect(version).toMatch(/^smm \d/)
    copyFileSync(launcher, join(folder, 'copy'))
    expect(() => execFileSync(join(folder, 'copy'), ['version'], { stdio: 'pipe' })).toThrow(
      'npm install',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the backend tells its parent where it serves, gives fresh codes, and ends with it', async () => {
  const entry = new URL('../../../main/cli/backend.ts', import.meta.url).pathname
  const child = fork(entry, ['--sample'], {
    env: user.env,
    execArgv: [],
    execPath: new URL('../../../node_modules/node/bin/node', import.meta.url).pathname,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [ready] = (await once(child, 'message')) as [{ type: string; url: string; code: string }]
  expect(ready.type).toBe('ready')
  child.send({ type: 'code' })
  const [more] = (await once(child, 'message')) as [{ type: string; code: string }]
  expect(more.type).toBe('code')
  expect(more.code).not.toBe(ready.code)
  for (const code of [ready.code, more.code]) {
    const session = await fetch(new URL('/session', ready.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    expect(session.status).toBe(200)
  }
  child.disconnect()
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(0)
})

test('a backend that cannot start says why', async () => {
  const entry = new URL('../../../main/cli/backend.ts', import.meta.url).pathname
  const child = fork(entry, ['--recording', '/nowhere'], {
    env: user.env,
    execArgv: [],
    execPath: new URL('../../../node_modules/node/bin/node', import.meta.url).pathname,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [said] = (await once(child, 'message')) as [{ type: string; message: string }]
  expect(said.type).toBe('error')
  expect(said.message).toContain('nowhere')
  const [code] = (await once(child, 'exit')) as [number | null]
  expect(code).toBe(1)
})
