import type { SmmDesktop } from '../../preload/desktop.ts'

declare global {
  interface Window {
    /** Present in the desktop window only. */
    readonly smm?: SmmDesktop
  }
}

const storageKey = 'smm.session'

/** What a session needs of the page around it; the page's own in production. */
export interface SessionPage {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string }
  readonly history: { replaceState(data: unknown, unused: string, url: string): void }
  readonly storage: {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
    removeItem(key: string): void
  }
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly desktop: SmmDesktop | undefined
}

/** Reads the one-use code from a URL fragment such as `#code=abc`; null without one. */
export function codeInFragment(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code')
  return code === null || code === '' ? null : code
}

/**
 * Gives the bearer for this page, or null when the user must open the page
 * anew. A code in the fragment is traded at `/session` and removed from the
 * address at once; else the tab's earlier bearer is used; else the desktop
 * window is asked for a code.
 */
export async function openSession(page: SessionPage): Promise<string | null> {
  const code = codeInFragment(page.location.hash)
  if (code !== null) {
    page.history.replaceState(null, '', page.location.pathname + page.location.search)
    const token = await tradeCode(page, code)
    if (token !== null) return token
  }
  const kept = page.storage.getItem(storageKey)
  if (kept !== null) return kept
  return renewFromDesktop(page)
}

/**
 * Gets a new bearer after the old one was refused. Only the desktop window can
 * do that by itself: null in a browser tab.
 */
export async function renewSession(page: SessionPage): Promise<string | null> {
  page.storage.removeItem(storageKey)
  return renewFromDesktop(page)
}

async function renewFromDesktop(page: SessionPage): Promise<string | null> {
  if (page.desktop === undefined) return null
  return tradeCode(page, await page.desktop.sessionCode())
}

async function tradeCode(page: SessionPage, code: string): Promise<string | null> {
  const answer = await page.fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  if (!answer.ok) return null
  const body: unknown = await answer.json()
  if (typeof body !== 'object' || body === null || !('token' in body)) return null
  if (typeof body.token !== 'string') return null
  page.storage.setItem(storageKey, body.token)
  return body.token
}

/** The session's view of the real page. */
export function browserPage(): SessionPage {
  return {
    location: window.location,
    history: window.history,
    storage: window.sessionStorage,
    fetch: (url, init) => window.fetch(url, init),
    desktop: window.smm,
  }
}
