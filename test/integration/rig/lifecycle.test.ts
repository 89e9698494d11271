import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startRig, type Rig } from '../../rig/index.ts'
import { processesWith } from '../../rig/soak.ts'

/** Waits up to half a minute for something that happens in other processes. */
async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`never came: ${String(what)}`)
    await sleep(100)
  }
}

function ports(rig: Rig): string[] {
  return rig.clusters.flatMap(({ apiServerUrl, prometheus }) => [
    new URL(apiServerUrl).port,
    ...(prometheus === null ? [] : [new URL(prometheus.loopbackUrl).port]),
  ])
}

test('two rigs at once share nothing, and leave nothing when stopped', async () => {
  const rigs = await Promise.all([startRig({ clusters: 1 }), startRig({ clusters: 2 })])
  onTestFinished(async () => {
    await Promise.all(rigs.map((rig) => rig.stop()))
  })
  const all = rigs.flatMap(ports)
  expect(new Set(all).size).toBe(6)
  const uids = await Promise.all(
    rigs
      .flatMap(({ clusters }) => clusters)
      .map(async (cluster) => {
        const answer = await cluster.request('GET', '/api/v1/namespaces/kube-system')
        return answer.json<{ metadata: { uid: string } }>().metadata.uid
      }),
  )
  expect(new Set(uids).size).toBe(3)
  for (const rig of rigs) expect(processesWith(rig.dir)).toHaveLength(6 * rig.clusters.length)

  const [first, second] = rigs
  await first.stop()
  expect(processesWith(first.dir)).toEqual([])
  expect(existsSync(first.dir)).toBe(false)
  expect(processesWith(second.dir)).toHaveLength(12)
  await second.stop()
  expect(processesWith(second.dir)).toEqual([])
  expect(existsSync(second.dir)).toBe(false)
})

test('a process that dies is reported, and the supervisor takes the rest along', async () => {
  const lines: string[] = []
  const rig = await startRig({ clusters: 1, onProgress: (line) => lines.push(line) })
  onTestFinished(rig.stop)
  const scheduler = rig.clusters[0]
    ?.processes()
    .find(({ name }) => name.startsWith('kube-scheduler'))
  process.kill(scheduler?.pid ?? NaN, 'SIGKILL')
  await until(() => lines.some((line) => line.startsWith('kube-scheduler of eks-east ended')))
  process.kill(rig.supervisorPid, 'SIGKILL')
  await until(() => processesWith(rig.dir).length === 0)
  await rig.stop()
  expect(existsSync(rig.dir)).toBe(false)
})

/** `rig up` as a user runs it, in a base folder of its own. */
async function rigUp(): Promise<{ child: ChildProcess; dir: string; base: string }> {
  const base = mkdtempSync(join(tmpdir(), 'smm-up-'))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const cli = join(import.meta.dirname, '../../rig/cli.ts')
  const child = spawn(process.execPath, [cli, 'up', '--clusters', '1', '--no-demo'], {
    env: { ...process.env, SMM_RIG_DIR: base },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  const [folder = ''] = readdirSync(base)
  const dir = join(base, folder)
  expect(processesWith(dir)).toHaveLength(6)
  return { child, dir, base }
}

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s to `rig up` leaves no process and no folder',
  async (signal) => {
    const { child, dir, base } = await rigUp()
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
    await until(() => processesWith(dir).length === 0 && readdirSync(base).length === 0)
  },
)
