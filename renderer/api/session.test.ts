import { expect, test } from 'vitest'
import { codeInFragment, openSession, renewSession, type SessionPage } from './session.ts'

interface Calls {
  readonly page: SessionPage
  readonly kept: Map<string, string>
  readonly addresses: string[]
  readonly traded: unknown[]
}

/** A page whose backend accepts the code `good` (and, in a desktop window, `fresh`). */
function pageWith(hash: string, options: { kept?: string; desktop?: boolean } = {}): Calls {
  const kept = new Map<string, string>()
  if (options.kept !== undefined) kept.set('smm.session', options.kept)
  const addresses: string[] = []
  const traded: unknown[] = []
  const page: SessionPage = {
    location: { hash, pathname: '/map', search: '?window=300' },
    history: { replaceState: (_data, _unused, url) => void addresses.push(url) },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    fetch: (url, init) => {
      const body: unknown = JSON.parse(typeof init.body === 'string' ? init.body : '')
      traded.push([url, init.method, body])
      const code = (body as { code: string }).code
      return Promise.resolve(
        code === 'good' || code === 'fresh'
          ? Response.json({ token: `token-for-${code}` })
          : new Response(null, { status: 401 }),
      )
    },
    desktop: options.desktop ? { sessionCode: () => Promise.resolve('fresh') } : undefined,
  }
  return { page, kept, addresses, traded }
}

test('the code in the fragment is traded once, and removed from the address before anything is asked', async () => {
  const { page, kept, addresses, traded } = pageWith('#code=good')
  const order: string[] = []
  const watched: SessionPage = {
    ...page,
    history: {
      replaceState: (...args) => {
        order.push('cleared')
        page.history.replaceState(...args)
      },
    },
    fetch: (...args) => {
      order.push('asked')
      return page.fetch(...args)
    },
  }
  await expect(openSession(watched)).resolves.toBe('token-for-good')
  expect(order).toEqual(['cleared', 'asked'])
  expect(addresses).toEqual(['/map?window=300'])
  expect(traded).toEqual([['/session', 'POST', { code: 'good' }]])
  expect(kept.get('smm.session')).toBe('token-for-good')
})

test('without a code the tab goes on with what it kept; a used code does not end it', async () => {
  await expect(openSession(pageWith('', { kept: 'old' }).page)).resolves.toBe('old')
  await expect(openSession(pageWith('#code=used', { kept: 'old' }).page)).resolves.toBe('old')
})

test('without anything there is no session in a browser, and one from the desktop in its window', async () => {
  await expect(openSession(pageWith('').page)).resolves.toBeNull()
  await expect(openSession(pageWith('#code=used').page)).resolves.toBeNull()
  await expect(openSession(pageWith('', { desktop: true }).page)).resolves.toBe('token-for-fresh')
})

test('a refused bearer is forgotten, and renewed only where the desktop can', async () => {
  const browser = pageWith('', { kept: 'old' })
  await expect(renewSession(browser.page)).resolves.toBeNull()
  expect(browser.kept.size).toBe(0)
  const desktop = pageWith('', { kept: 'old', desktop: true })
  await expect(renewSession(desktop.page)).resolves.toBe('token-for-fresh')
})

test('an answer of another shape gives no session', async () => {
  const { page } = pageWith('#code=good')
  const odd = { ...page, fetch: () => Promise.resolve(Response.json({ token: 7 })) }
  await expect(openSession(odd)).resolves.toBeNull()
})

test('only a code in the fragment is a code', () => {
  expect(['#code=a-b_c', '#other=1', '#code=', '', '#'].map(codeInFragment)).toEqual([
    'a-b_c',
    null,
    null,
    null,
    null,
  ])
})
