import { execFileSync } from 'node:child_process'
import { _electron, expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { root } from '../../scripts/run.ts'
import { privateHome, sandboxFlags } from './desktop.ts'
import { ensureTestElectron } from './electron-build.ts'

test.describe('the development app in Electron', () => {
  const home = privateHome()
  let app: ElectronApplication
  let page: Page

  test.beforeAll(async () => {
    const electron = await ensureTestElectron()
    console.log(`Electron ${electron.version}`)
    app = await _electron.launch({
      executablePath: electron.executable,
      args: [...sandboxFlags, root, '--sample'],
      env: home.env,
      timeout: 60_000,
    })
    page = await app.firstWindow()
  })

  test.afterAll(async () => {
    await app.close()
    home.remove()
  })

  test('opens the sample and draws its map', async () => {
    await page.getByRole('link', { name: 'Map' }).click()
    await expect(page.getByText(/sample fleet/i).first()).toBeVisible()
    const canvas = page.locator('canvas').first()
    await expect(canvas).toBeVisible()
    await expect.poll(() => inkOf(page)).toBeGreaterThan(0.01)
    await page.screenshot({ path: 'test-results/electron-map.png' })
  })

  test('gives the page no Node and one small object', async () => {
    const seen = await page.evaluate(() => ({
      node: 'require' in globalThis || 'process' in globalThis,
      powers: Object.keys((globalThis as unknown as { smm: object }).smm),
    }))
    expect(seen).toEqual({ node: false, powers: ['sessionCode'] })
  })

  test('stays on its own origin and opens no windows', async () => {
    const before = page.url()
    await page.evaluate(() => {
      location.href = 'https://example.invalid/'
    })
    await page.evaluate(() => window.open('https://example.invalid/'))
    // A navigation that is let through takes a moment to show.
    await page.waitForTimeout(1000)
    expect(app.windows()).toHaveLength(1)
    expect(new URL(page.url()).origin).toBe(new URL(before).origin)
  })

  test('recovers when its backend is killed', async () => {
    const loaded = page.waitForEvent('load')
    for (const pid of backendsOf(app.process().pid)) process.kill(pid, 'SIGKILL')
    await loaded
    await page.getByRole('link', { name: 'Fleet' }).click()
    await expect(page.getByText('eks-east').first()).toBeVisible()
  })
})

/** The app's backend: a child of the pinned Node, or a utility process. Never none. */
function backendsOf(pid: number | undefined): readonly number[] {
  const pattern = 'backend.mjs|node.mojom.NodeService'
  const found = execFileSync('pgrep', ['-P', String(pid), '-f', pattern]).toString()
  return found.trim().split('\n').map(Number)
}

/** Share of the map's pixels that are not its background. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return 0
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let inked = 0
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) inked += 1
    return inked / (data.length / 4)
  })
}
