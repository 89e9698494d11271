import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Graph } from '../../../main/traffic/index.ts'
import { startRig, type Rig } from '../../rig/index.ts'
import { newUser } from './smm.ts'

const user = newUser()
let rig: Rig

beforeAll(async () => {
  rig = await startRig({ clusters: 2, scrapeIntervalSeconds: 1 })
})
afterAll(async () => {
  user.leave()
  await rig.stop()
})

interface Fleet {
  readonly clusters: readonly {
    readonly name: string
    readonly state: string
    readonly reason: string | null
    readonly remedy: string | null
    readonly kubernetesVersion: string | null
    readonly provider: string
    readonly counts: Readonly<Record<string, number | null>>
  }[]
}

const smm = (...args: readonly string[]) =>
  user.smm('--kubeconfig', rig.kubeconfigPath, ...args, '-o', 'json')

async function fleet(...args: readonly string[]) {
  const run = await smm('fleet', ...args)
  return { ...run, answer: JSON.parse(run.stdout) as Fleet }
}

async function graph(...args: readonly string[]) {
  const run = await smm('graph', ...args)
  return { ...run, answer: JSON.parse(run.stdout) as Graph }
}

function names() {
  const [first, second] = rig.clusters
  if (first === undefined || second === undefined) throw new Error('the rig has two clusters')
  return { first, second }
}

test('a kubeconfig is enough to see the fleet', async () => {
  // An API server that came up a second ago may still be reading Istio's definitions, and says so.
  const { answer } = await vi.waitFor(
    async () => {
      const run = await fleet()
      const reasons = run.answer.clusters.map(({ name, reason }) => `${name}: ${reason}`)
      expect(run.code, [run.stderr, ...reasons].join('\n')).toBe(0)
      return run
    },
    { timeout: 30_000, interval: 500 },
  )
  expect(answer.clusters.map(({ name }) => name)).toEqual(rig.clusters.map(({ name }) => name))
  for (const { state, kubernetesVersion, provider, counts } of answer.clusters) {
    expect(state).toBe('ready')
    expect(kubernetesVersion).toMatch(/^v1\./)
    expect(provider).not.toBe('unknown')
    expect(counts['nodes']).toBeGreaterThan(0)
    expect(counts['namespaces']).toBeGreaterThan(0)
  }
})

test('--context chooses, and an unknown one is wrong usage that names those there are', async () => {
  const { first, second } = names()
  const { answer } = await fleet('--context', second.name)
  expect(answer.clusters.map(({ name }) => name)).toEqual([second.name])
  const wrong = await user.smm('--kubeconfig', rig.kubeconfigPath, 'fleet', '--context', 'nowhere')
  expect([wrong.code, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toContain(first.name)
})

test('each Prometheus is found and asked through its API server', async () => {
  const { code, stderr, answer } = await graph()
  expect(code, stderr).toBe(0)
  expect(answer.clusters.map(({ ageSeconds }) => ageSeconds)).toEqual([0, 0])
})

test('a Prometheus that is down makes the answer partial, and the rest is printed', async () => {
  const { first, second } = names()
  await second.stopPrometheus()
  try {
    const { code, stderr, answer } = await graph()
    expect(code).toBe(3)
    expect(stderr).toContain(`${second.name}: no telemetry`)
    expect(stderr).not.toContain(`${first.name}: no telemetry`)
    expect(answer.clusters).toMatchObject([
      { name: first.name, ageSeconds: 0 },
      { name: second.name, ageSeconds: null },
    ])
  } finally {
    await second.startPrometheus()
  }
})

test('an API server that is down makes the answer partial, with reason and remedy', async () => {
  const { first, second } = names()
  await first.stopApiServer()
  try {
    const { code, answer } = await fleet()
    expect(code).toBe(3)
    const [down, up] = answer.clusters
    expect(down).toMatchObject({ name: first.name, state: 'unreachable' })
    expect(down?.reason).toBeTruthy()
    expect(down?.remedy).toBeTruthy()
    expect(up).toMatchObject({ name: second.name, state: 'ready', reason: null })
  } finally {
    await first.startApiServer()
  }
})
