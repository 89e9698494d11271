import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Graph } from '../../../main/traffic/index.ts'
import type { Rig } from '../../rig/index.ts'

const launcher = new URL('../../../smm', import.meta.url).pathname

/** Runs `smm graph -o json` on a rig's kubeconfig, as a user would, with a state folder of its own. */
export async function smmGraph(
  rig: Rig,
  options: {
    readonly contexts: readonly string[]
    readonly windowSeconds: number
    readonly atMs: number
  },
): Promise<Graph> {
  const home = await mkdtemp(join(tmpdir(), 'smm-home-'))
  try {
    const { stdout } = await promisify(execFile)(
      launcher,
      [
        '--kubeconfig',
        rig.kubeconfigPath,
        ...options.contexts.flatMap((context) => ['--context', context]),
        'graph',
        '--output=json',
        `--window=${options.windowSeconds}s`,
        `--at=${new Date(options.atMs).toISOString()}`,
      ],
      { env: { ...process.env, SMM_HOME: home }, maxBuffer: 200_000_000 },
    )
    return JSON.parse(stdout) as Graph
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
