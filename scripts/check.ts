/**
 * `npm run check`: every static check of the repository, at once. Prints one
 * line per check and the whole output of those that failed.
 */
import { requireNode, run } from './run.ts'

requireNode()

const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'types of main': ['tsc', '--project', 'main/tsconfig.json'],
  'types of pure rooms': ['tsc', '--project', 'main/tsconfig.pure.json'],
  'types of preload': ['tsc', '--project', 'preload/tsconfig.json'],
  'types of renderer': ['tsc', '--project', 'renderer/tsconfig.json'],
  'types of tests': ['tsc', '--project', 'test/tsconfig.json'],
  lint: ['oxlint', '--type-aware', '--quiet'],
  rooms: ['node', 'scripts/rooms/check.ts'],
  generated: ['node', 'scripts/check-generated.ts'],
  unused: ['knip', '--no-progress'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
}

let failed = 0
const queue = Object.entries(checks)
async function worker(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, [command, ...args]] = next
    const { code, output, seconds } = await run(command, args)
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`)
    if (code !== 0) console.log(output.trimEnd())
    failed += code === 0 ? 0 : 1
  }
}
await Promise.all([worker(), worker()])
process.exit(failed > 0 ? 1 : 0)
