import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Graph } from '../../../main/traffic/index.ts'
import type { Rig } from '../../rig/index.ts'

const launcher = new URL('../../../smm', import.meta.url).pathname

/** Which window is asked for. */
export interface Moment {
  readonly atMs: number
  readonly windowSeconds: number
}

/** `smm graph -o json` of every cluster in a rig's kubeconfig, found and reached as a user's app would. */
export function graphOfFleet(rig: Rig, moment: Moment): Promise<Graph> {
  const contexts = rig.clusters.flatMap(({ contextName }) => ['--context', contextName])
  return smmGraph(['--kubeconfig', rig.kubeconfigPath, ...contexts], moment)
}

/** The same from the clusters' Prometheis alone, without any object. */
export function graphOfPrometheis(rig: Rig, moment: Moment): Promise<Graph> {
  const named = rig.clusters.map(({ name, prometheus }) => `${name}=${prometheus?.loopbackUrl}`)
  return smmGraph(
    named.flatMap((one) => ['--prometheus', one]),
    moment,
  )
}

async function smmGraph(source: readonly string[], moment: Moment): Promise<Graph> {
  const home = await mkdtemp(join(tmpdir(), 'smm-home-'))
  try {
    const { stdout } = await promisify(execFile)(
      launcher,
      [
        ...source,
        'graph',
        '--output=json',
        `--window=${moment.windowSeconds}s`,
        `--at=${new Date(moment.atMs).toISOString()}`,
      ],
      { env: { ...process.env, SMM_HOME: home }, maxBuffer: 200_000_000 },
    )
    return JSON.parse(stdout) as Graph
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
