import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { join } from 'node:path'
import { root } from '../../scripts/run.ts'
import { readCanvas, startChromium, startDashboard, type Dashboard } from './browser.ts'

test.describe('the sample fleet in a browser', () => {
  let browser: Browser
  let dashboard: Dashboard
  let page: Page
  let origin: string
  const troubles: string[] = []

  test.beforeAll(async () => {
    dashboard = await startDashboard('--sample')
    origin = new URL(dashboard.address).origin
    browser = await startChromium()
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      colorScheme: 'light',
    })
    page = await context.newPage()
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    await page.goto(dashboard.address)
    // Only now is the code traded: a page that leaves earlier has no session.
    await expect(page.getByText('Sample fleet')).toBeVisible()
  })

  test.afterAll(async () => {
    await browser.close()
    await dashboard.stop()
  })

  test('opens by its code, which is gone from the address, and never leaves its origin', async () => {
    const foreign: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) foreign.push(request.url())
    })
    await expect(page.getByText('Sample fleet')).toBeVisible()
    expect(page.url()).not.toContain('code=')
    await page.reload()
    await expect(page.getByText('Sample fleet')).toBeVisible()
    expect(foreign).toEqual([])
  })

  test('draws the map, and says how complete it is', async () => {
    await page.getByRole('link', { name: 'Map' }).click()
    const map = page.getByRole('application')
    await expect(map).toBeVisible()
    await expect.poll(async () => Number(await map.getAttribute('data-nodes'))).toBeGreaterThan(20)
    await expect.poll(async () => Number(await map.getAttribute('data-edges'))).toBeGreaterThan(20)
    await expect.poll(async () => (await readCanvas(page)).inked).toBeGreaterThan(0.2)
    expect((await readCanvas(page)).colours).toBeGreaterThan(12)
    await expect(page.getByText(/^\d( of \d)? clusters/).first()).toBeVisible()
  })

  test('a click on what is red says what fails and why', async () => {
    const box = await page.locator('.smm-canvas canvas').boundingBox()
    const { red } = await readCanvas(page)
    expect(red).not.toBeNull()
    if (red === null || box === null) return
    await page.mouse.click(box.x + red.x, box.y + red.y)
    const panel = page.locator('.smm-panel')
    await expect(panel.getByText(/failing|errors/i).first()).toBeVisible()
    expect(page.url()).toContain('selected=')
    await panel.getByRole('button', { name: 'Close drawer panel' }).click()
    await expect(panel).toBeHidden()
  })

  test('without a mouse: the table has the failing workload first, and its reasons', async () => {
    await page.goto(`${origin}/map`)
    await page.getByRole('button', { name: 'Table', exact: true }).focus()
    await page.keyboard.press('Enter')
    const first = page.getByRole('grid', { name: 'Nodes' }).getByRole('row').nth(1)
    await expect(first).toContainText('Failing')
    const link = first.getByRole('button')
    const name = await link.innerText()
    await link.focus()
    await page.keyboard.press('Enter')
    const panel = page.locator('.smm-panel')
    await expect(panel.getByRole('heading', { level: 2 })).toHaveText(name)
    const reasons = panel.getByRole('listitem').filter({ hasText: 'failing' })
    await expect(reasons.first()).toContainText(/\d/)
    await page.reload()
    await expect(panel.getByRole('heading', { level: 2 })).toHaveText(name)
  })

  test('table and map hold the same, and a search narrows both', async () => {
    await page.goto(`${origin}/map`)
    const map = page.getByRole('application')
    const nodes = Number(await map.getAttribute('data-nodes'))
    await page.goto(`${origin}/map?view=table`)
    const rows = page.getByRole('grid', { name: 'Nodes' }).getByRole('row')
    await expect.poll(async () => (await rows.count()) - 1).toBe(Math.min(nodes, 50))
    const name = await rows.nth(1).getByRole('button').innerText()
    await page.getByRole('textbox', { name: 'Find on the map' }).fill(name)
    await expect.poll(async () => rows.count()).toBeLessThan(Math.min(nodes, 50))
    await expect(rows.nth(1)).toContainText(name)
  })

  test('shows the clusters under their mesh, with their state', async () => {
    await page.goto(`${origin}/fleet`)
    const cards = page.getByRole('article')
    await expect(cards).toHaveCount(3)
    for (const card of await cards.all()) {
      await expect(card.getByText(/Ready|Degraded|Unreachable|Unauthorized/).first()).toBeVisible()
      await expect(card).toContainText('Istio')
    }
    await expect(page.getByRole('heading', { level: 2, name: /^Mesh / }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Table' }).click()
    await expect(page.getByRole('grid').first().getByRole('row').nth(1)).toBeVisible()
  })

  test('goes on by itself after the connection was lost', async () => {
    let broken = false
    const open: { close(options: { code: number }): Promise<void> }[] = []
    await page.routeWebSocket(/graphql/, (socket) => {
      if (broken) return void socket.close({ code: 1001 })
      socket.connectToServer()
      open.push(socket)
    })
    await page.goto(`${origin}/fleet`)
    await expect(page.getByRole('article')).toHaveCount(3)
    broken = true
    await Promise.all(open.map((socket) => socket.close({ code: 1001 })))
    await expect(page.getByRole('alert')).toContainText('away')
    await expect(page.getByRole('article')).toHaveCount(3)
    broken = false
    await expect(page.getByRole('alert')).toBeHidden()
  })

  for (const theme of ['light', 'dark'] as const) {
    for (const path of ['/fleet', '/fleet?view=table', '/map', '/map?view=table']) {
      test(`axe finds nothing on ${path}, ${theme}`, async () => {
        await page.goto(`${origin}${path}`)
        await page
          .getByRole('button', { name: theme === 'dark' ? 'Dark theme' : 'Light theme' })
          .click()
        await expect(page.locator('.smm-canvas, article, [role=grid]').first()).toBeVisible()
        // Colours half-way between two themes are nobody's.
        await page.evaluate(() =>
          Promise.allSettled(
            document
              .getAnimations()
              .filter((it) => it.effect?.getComputedTiming().iterations !== Infinity)
              .map((it) => it.finished),
          ).then(() => undefined),
        )
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
      })
    }
  }

  test('axe finds nothing in the side panel, and the page nowhere complained', async () => {
    await page.goto(`${origin}/map?view=table`)
    await page
      .getByRole('grid', { name: 'Nodes' })
      .getByRole('row')
      .nth(1)
      .getByRole('button')
      .click()
    await expect(page.locator('.smm-panel').getByRole('heading', { level: 2 })).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    expect(troubles).toEqual([])
  })

  test('looks as the README shows it', async () => {
    await page.setViewportSize({ width: 1600, height: 900 })
    await page.goto(`${origin}/map`)
    await page.getByRole('button', { name: 'Light theme' }).click()
    await expect.poll(async () => (await readCanvas(page)).inked).toBeGreaterThan(0.2)
    await page.evaluate(() => document.fonts.ready.then(() => undefined))
    // UPDATE_SCREENSHOTS=1 makes the README's picture anew.
    const folder = process.env['UPDATE_SCREENSHOTS'] === '1' ? 'docs/images' : 'test-results'
    await page.screenshot({ path: join(root, folder, 'map.png') })
  })
})

test('a page without a code holds no data and says how to open it', async () => {
  const dashboard = await startDashboard('--sample')
  const browser = await startChromium()
  const page = await browser.newPage()
  await page.goto(new URL(dashboard.address).origin)
  await expect(page.getByText('This page has no session')).toBeVisible()
  await expect(page.getByText('smm dashboard')).toBeVisible()
  await browser.close()
  await dashboard.stop()
})
