/**
 * `npm test`: every test this machine can run, stage by stage, the quick ones
 * first. What it cannot run is left out loudly at the end; with `CI=true` that
 * is a failure. `--all` (and CI) adds the stages that need root.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheDir } from './cache.ts'
import { missingDisplay } from './electron.ts'
import { requireNode, run } from './run.ts'
import { readCounts, type Counts } from './test/counts.ts'
import { chromium, go, namespaces, screen, unpacking, type Need } from './test/needs.ts'

interface Stage {
  readonly name: string
  readonly needs: readonly Need[]
  /** Typical duration until a run on this machine has told better. */
  readonly seconds: number
  readonly command: readonly [string, ...string[]]
  /** Stages without a report of tests (builds) count as nothing passed, one failed when they fail. */
  readonly report: boolean
}

requireNode()
const ci = process.env['CI'] === 'true'
const all = ci || process.argv.includes('--all')
const reports = mkdtempSync(join(tmpdir(), 'smm-test-'))
const xvfb = missingDisplay() === null ? [] : ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24']

const vitest = (...projects: readonly string[]): readonly [string, ...string[]] => [
  'vitest',
  'run',
  ...projects.flatMap((project) => ['--project', project]),
]
const playwright = (project: string): readonly string[] => [
  'playwright',
  'test',
  '--config',
  'test/e2e/playwright.config.ts',
  '--project',
  project,
]
const underScreen = (command: readonly string[]): readonly [string, ...string[]] => {
  const [first = 'true', ...rest] = [...xvfb, ...command]
  return [first, ...rest]
}
const tools = (...more: readonly string[]): readonly [string, ...string[]] => [
  'node',
  'test/rig/cli.ts',
  'build',
  ...more,
]

const stages: readonly Stage[] = [
  { name: 'unit', needs: [], seconds: 30, command: vitest('unit', 'renderer'), report: true },
  {
    name: 'app build',
    needs: [],
    seconds: 20,
    command: ['node', 'scripts/build.ts'],
    report: false,
  },
  {
    name: 'browser',
    needs: [chromium],
    seconds: 60,
    command: underScreen(playwright('browser')),
    report: true,
  },
  {
    name: 'electron',
    needs: [screen, unpacking],
    seconds: 60,
    command: underScreen(playwright('electron')),
    report: true,
  },
  {
    name: 'packed app',
    needs: [screen, unpacking],
    seconds: 60,
    command: underScreen(playwright('packed')),
    report: true,
  },
  { name: 'rig build', needs: [go], seconds: 600, command: tools(), report: false },
  {
    name: 'integration',
    needs: [go],
    seconds: 180,
    command: vitest('integration'),
    report: true,
  },
  ...(all
    ? [
        {
          name: 'mesh build',
          needs: [go, namespaces],
          seconds: 900,
          command: tools('--mesh'),
          report: false,
        } as const,
        {
          name: 'mesh',
          needs: [go, namespaces],
          seconds: 360,
          command: vitest('mesh'),
          report: true,
        } as const,
      ]
    : []),
]

const remembered = cacheDir('test-seconds.json')
const durations = readDurations()
const total: { -readonly [K in keyof Counts]: number } = { passed: 0, failed: 0, skipped: 0 }
const leftOut: string[] = []
const failedStages: string[] = []

const present = stages.filter((stage) => {
  const missing = stage.needs.find((need) => need.missing() !== null)
  if (missing !== undefined) leftOut.push(`${stage.name}: ${missing.missing()}. ${missing.remedy}`)
  return missing === undefined
})
for (const [index, stage] of present.entries()) {
  const left = present.slice(index).reduce((sum, it) => sum + estimate(it), 0)
  console.log(
    `\n── ${stage.name} (${index + 1} of ${present.length}; about ${minutes(estimate(stage))}, ${minutes(left)} to the end) ──`,
  )
  const file = join(reports, `${index}.json`)
  const [command, ...args] = stage.command
  const reporting = !stage.report
    ? []
    : args.includes('playwright') || command === 'playwright'
      ? ['--reporter=list,json']
      : ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { code, seconds } = await run(command, [...args, ...reporting], {
    inherit: true,
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  })
  const counts = stage.report ? readCounts(file) : { passed: 0, failed: 0, skipped: 0 }
  const failed = Math.max(counts.failed, code === 0 ? 0 : 1)
  if (stage.report && counts.passed === 0 && failed === 0) {
    console.log(`${stage.name}: not a single test ran`)
  }
  total.passed += counts.passed
  total.failed +=
    stage.report && counts.passed + counts.skipped === 0 ? Math.max(1, failed) : failed
  total.skipped += counts.skipped
  if (failed > 0) failedStages.push(stage.name)
  else durations[stage.name] = Math.ceil(seconds)
  console.log(`── ${stage.name}: ${failed === 0 ? 'ok' : 'FAILED'} in ${minutes(seconds)} ──`)
}
rmSync(reports, { recursive: true, force: true })
mkdirSync(cacheDir(), { recursive: true })
writeFileSync(remembered, JSON.stringify(durations))

if (!all) leftOut.push('mesh (real istiod, Envoy and process pods): sudo npm run test:all')
if (leftOut.length > 0) console.log(`\nLEFT OUT:\n${leftOut.map((it) => `  ${it}`).join('\n')}`)
if (failedStages.length > 0) console.log(`\nFAILED: ${failedStages.join(', ')}`)
// A test that skips itself for want of something is left out, too.
const incomplete = ci && (leftOut.length > 0 || total.skipped > 0)
if (incomplete) console.log('\nWith CI=true nothing may be left out or skipped.')
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || incomplete ? 1 : 0)

function estimate(stage: Stage): number {
  return durations[stage.name] ?? stage.seconds
}

function readDurations(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(remembered, 'utf8')) as Record<string, number>
  } catch {
    return {}
  }
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}
