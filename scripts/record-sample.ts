/**
 * `npm run sample`: records the sample fleet into resources/, from real API
 * servers and Prometheis on which the demo shop plays: one loop of its ten
 * minutes. Takes about a quarter of an hour.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLiveFleet, type FleetSnapshot, type FleetSource } from '../main/fleet/index.ts'
import { openRecording, recordFleet } from '../main/recording/index.ts'
import { startRig } from '../test/rig/index.ts'
import { playTraffic } from '../test/rig/traffic.ts'
import { requireNode } from './run.ts'

requireNode()

const sample = new URL('../resources/sample.smm-recording', import.meta.url).pathname
const largestBytes = 3 * 1024 ** 2
/** The demo's incident comes once in this time, so a loop of it has no seam. */
const loopSeconds = 600
const everySeconds = 10
/** Longest window that is known from the first step on. */
const historySeconds = 300

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
process.once('SIGTERM', () => stop.abort(new Error('interrupted')))

const folder = mkdtempSync(join(tmpdir(), 'smm-sample-'))
try {
  await recordTo(join(folder, 'sample.smm-recording'))
} catch (error) {
  say(`no sample was recorded: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function recordTo(file: string): Promise<void> {
  const rig = await startRig({ clusters: 3, onProgress: say })
  try {
    const traffic = await playTraffic(rig)
    const settings = { contexts: null, primaryContexts: {}, kubeconfigs: [] }
    const fleet = createLiveFleet({ kubeconfigs: [rig.kubeconfigPath], settings })
    try {
      say('waiting until every pod runs, and for the history of the first windows')
      await Promise.all([
        untilAllThere(fleet),
        sleep((historySeconds + 20) * 1000, undefined, { signal: stop.signal }),
      ])
      const summary = await recordFleet(fleet, file, {
        title: 'Sample fleet: a demo shop on three clusters',
        createdBy: 'scripts/record-sample.ts',
        everySeconds,
        historySeconds,
        forSeconds: loopSeconds,
        loop: true,
        signal: stop.signal,
        onStep: ({ step, objects, samples }) =>
          say(`step ${step}: ${objects} objects changed, ${samples} samples`),
      })
      stop.signal.throwIfAborted()
      await verify(file, summary.bytes)
      copyFileSync(file, sample)
      say(`resources/sample.smm-recording: ${summary.steps} steps, ${summary.bytes} bytes`)
    } finally {
      await fleet.close()
      await traffic.close()
    }
  } finally {
    await rig.stop()
  }
}

function say(line: string): void {
  console.error(line)
}

/** Waits until nothing is missing any more; fails with what still is. */
async function untilAllThere(fleet: FleetSource): Promise<void> {
  const deadlineMs = Date.now() + historySeconds * 1000
  for (;;) {
    const missing = whatIsMissing(fleet.snapshot())
    if (missing.length === 0) return
    if (Date.now() > deadlineMs) throw new Error(`still missing: ${missing.join(', ')}`)
    await sleep(500, undefined, { signal: stop.signal })
  }
}

function whatIsMissing({ clusters }: FleetSnapshot): string[] {
  if (clusters.length !== 3) return ['clusters']
  return clusters.flatMap(({ status, objects }) => {
    if (status.state !== 'ready') return [`${status.name} (${status.state})`]
    if (status.telemetry.state !== 'ready') return [`telemetry of ${status.name}`]
    const deployments = objects.Deployment ?? []
    if (deployments.length < 4) return [`workloads of ${status.name}`]
    return deployments
      .filter((deployment) => !isAvailable(deployment))
      .map(({ metadata }) => `${status.name}/${metadata.namespace}/${metadata.name}`)
  })
}

function isAvailable(deployment: { readonly [field: string]: unknown }): boolean {
  const { spec, status } = deployment as {
    readonly spec?: { readonly replicas?: number }
    readonly status?: { readonly availableReplicas?: number }
  }
  return (spec?.replicas ?? 1) === (status?.availableReplicas ?? 0)
}

/** A sample in which something is missing is not taken. */
async function verify(file: string, bytes: number): Promise<void> {
  if (bytes > largestBytes) throw new Error(`the sample has ${bytes} bytes, too many`)
  const source = openRecording(file)
  try {
    const timeline = source.timeline()
    if (timeline.mode !== 'recording') throw new Error('the sample is no recording')
    const { fromMs, toMs } = timeline
    if (toMs - fromMs < loopSeconds * 1000 - 1) throw new Error('the sample is no whole loop')
    for (let atMs = fromMs; atMs <= toMs; atMs += everySeconds * 1000)
      for (const answer of await source.ask({
        name: 'edges',
        atMs,
        windowSeconds: historySeconds,
        identity: 'full',
      })) {
        if (!answer.ok) throw new Error(`${answer.endpoint} at ${atMs}: ${answer.reason}`)
        if (answer.answer.requests.rowCount === 0) throw new Error(`${answer.endpoint}: no edges`)
      }
  } finally {
    await source.close()
  }
}
