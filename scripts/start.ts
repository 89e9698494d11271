/**
 * `npm start [-- --sample …]`: builds what is missing and opens the app in
 * Electron, or in the browser where no Electron can run.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildMissing } from './build.ts'
import { findElectron, missingDisplay } from './electron.ts'
import { requireNode, root } from './run.ts'

requireNode()
const args = process.argv.slice(2)
console.error('Building what is missing…')
await buildMissing()
const why = args.includes('--no-open') ? 'asked not to' : await openInElectron()
if (why !== null) {
  if (!args.includes('--no-open'))
    console.error(`No Electron window (${why}): opening the browser.`)
  await openInBrowser()
}

/** Runs the Electron window until it is closed; returns why it could not open, or null when it did. */
async function openInElectron(): Promise<string | null> {
  const noDisplay = missingDisplay()
  if (noDisplay !== null) return noDisplay
  const electron = await findElectron((line) => console.error(line))
  if (!electron.found) return electron.reason
  const child = spawn(electron.path, [root, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'pipe', 'ipc'],
  })
  const lines: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => {
    lines.push(...chunk.toString().split('\n').filter(Boolean))
    lines.splice(0, lines.length - 50)
  })
  let opened = false
  child.on('message', () => {
    opened = true
  })
  forwardSignals(child)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (opened || code === 0) return null
  const said = lines.find((line) => /sandbox|display|root without/i.test(line)) ?? lines.at(-1)
  return said?.replace(/^\[[^\]]*\]\s*/, '') ?? `it ended with code ${code}`
}

async function openInBrowser(): Promise<void> {
  const child = spawn(process.execPath, ['main/cli/index.ts', ...sourceFirst(args)], {
    cwd: root,
    stdio: 'inherit',
  })
  forwardSignals(child)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}

/** The CLI takes source flags before its command. */
function sourceFirst(given: readonly string[]): readonly string[] {
  const own = given.filter((argument) => argument !== '--no-open')
  return [...own, 'dashboard', ...(own.length < given.length ? ['--no-open'] : [])]
}

function forwardSignals(child: { kill(signal: NodeJS.Signals): boolean }): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal))
  }
}
