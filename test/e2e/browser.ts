import { chromium, type Browser, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from '../../scripts/run.ts'
import { privateHome, sandboxFlags } from './desktop.ts'

/** Names under which systems install a Chromium. */
const chromiums = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** The browser's own errands, which no test wants. */
const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the system's Chromium, or else the one Playwright has. */
export function startChromium(): Promise<Browser> {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => chromiums.map((name) => join(folder, name)))
    .find(isExecutable)
  return chromium.launch({
    args: [...sandboxFlags, ...quietFlags],
    ...(found === undefined ? {} : { executablePath: found }),
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A running `smm dashboard`. */
export interface Dashboard {
  /** The address it printed, with its one-use code. */
  readonly address: string
  stop(): Promise<void>
}

/** Starts `smm dashboard --no-open` with further arguments in a home of its own. */
export async function startDashboard(...args: readonly string[]): Promise<Dashboard> {
  const home = privateHome()
  const child = spawn(join(root, 'smm'), ['dashboard', '--no-open', ...args], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /http:\/\/\S+#code=\S+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`smm dashboard ended with ${code}: ${said}`)))
  })
  return {
    address,
    async stop() {
      child.kill('SIGINT')
      await ended
      home.remove()
    },
  }
}

/** What the map's canvas holds: the share of inked pixels, and where its first strongly red spot is. */
export function readCanvas(page: Page): Promise<{
  readonly inked: number
  readonly colours: number
  readonly red: { readonly x: number; readonly y: number } | null
}> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.smm-canvas canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return { inked: 0, colours: 0, red: null }
    const { width, height } = canvas
    const { data } = context.getImageData(0, 0, width, height)
    const colours = new Set<number>()
    let inked = 0
    let red: { x: number; y: number } | null = null
    const isRed = (at: number) =>
      (data[at] ?? 0) > 170 && (data[at + 1] ?? 255) < 60 && (data[at + 2] ?? 255) < 60
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = (y * width + x) * 4
        if ((data[at + 3] ?? 0) === 0) continue
        inked += 1
        colours.add(
          ((data[at] ?? 0) >> 4) * 256 +
            ((data[at + 1] ?? 0) >> 4) * 16 +
            ((data[at + 2] ?? 0) >> 4),
        )
        // A filled mark is red all around; a line or a border is not.
        const around = [-3, 3].every((d) => isRed(at + 4 * d) && isRed(at + 4 * width * d))
        if (red === null && isRed(at) && around) red = { x, y }
      }
    }
    const ratio = width / canvas.clientWidth
    return {
      inked: inked / (width * height),
      colours: colours.size,
      red: red === null ? null : { x: red.x / ratio, y: red.y / ratio },
    }
  })
}
