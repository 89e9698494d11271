import type { ChildProcess } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, expect, test, type Browser } from '@playwright/test'
import { FuseV1Options, FuseVersion, getCurrentFuseWire, FuseState } from '@electron/fuses'
import { root, run } from '../../scripts/run.ts'
import { privateHome, sandboxFlags, startDebuggable } from './desktop.ts'
import { ensureTestElectron } from './electron-build.ts'

test.describe('the packed app', () => {
  const home = privateHome()
  let executable: string
  let child: ChildProcess | undefined
  let browser: Browser | undefined

  test.beforeAll(async () => {
    test.setTimeout(240_000)
    const electron = await ensureTestElectron()
    console.log(`Electron ${electron.version}`)
    const { code, output } = await run('node', ['scripts/pack.ts'], {
      env: { ELECTRON_OVERRIDE_DIST_PATH: electron.dist },
    })
    expect(code, output).toBe(0)
    const [found] = globSync('dist/*-unpacked/service-mesh-manager', { cwd: root })
    executable = join(root, found ?? 'dist/nothing-was-packed')
  })

  test.afterAll(async () => {
    await browser?.close()
    child?.kill()
    home.remove()
  })

  test('has its fuses set', async () => {
    const fuses = await getCurrentFuseWire(executable)
    expect(fuses.version).toBe(FuseVersion.V1)
    expect(fuses[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE)
    expect(fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(FuseState.DISABLE)
    expect(fuses[FuseV1Options.EnableNodeCliInspectArguments]).toBe(FuseState.DISABLE)
    expect(fuses[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE)
  })

  test('opens the sample and draws its map', async () => {
    const started = await startDebuggable(executable, [...sandboxFlags, '--sample'], home.env)
    child = started.child
    await pageExists(started.endpoint)
    // Electron refuses the defaults Playwright would set (download behaviour and the like).
    browser = await chromium.connectOverCDP(started.endpoint, { noDefaults: true })
    const page = browser.contexts()[0]?.pages()[0]
    if (page === undefined) throw new Error('The packed app opened no page.')
    await page.getByRole('link', { name: 'Map' }).click()
    await expect(page.getByText(/sample fleet/i).first()).toBeVisible()
    await expect(page.locator('canvas').first()).toBeVisible()
    await page.getByRole('link', { name: 'Fleet' }).click()
    await expect(page.getByText('eks-east').first()).toBeVisible()
    await page.screenshot({ path: 'test-results/packed-fleet.png' })
  })
})

/** Waits until the app has loaded its page: a connection made earlier never settles. */
async function pageExists(endpoint: string): Promise<void> {
  const list = new URL('/json', endpoint.replace(/^ws/, 'http'))
  await expect
    .poll(async () => await (await fetch(list)).text(), { timeout: 60_000 })
    .toContain('"url": "http://127.0.0.1')
}
