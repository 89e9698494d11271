import type { App, Session, WebContents } from 'electron'

/** What a page may do: stay on the backend's origin, nothing else. `origin()` is asked anew, since the backend's port changes when it restarts. */
export function guardContents(
  app: App,
  origin: () => string | null,
  openOutside: (url: string) => void,
): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const stay = (event: { preventDefault(): void }, url: string): void => {
      if (!isOwnPage(url, origin())) event.preventDefault()
    }
    contents.on('will-navigate', (event, url) => stay(event, url))
    contents.on('will-redirect', (event, url) => stay(event, url))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (isDocumentation(url)) openOutside(url)
      return { action: 'deny' }
    })
  })
}

/** Denies every permission a page could ask for (camera, notifications, clipboard reading, …). */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
}

/** True for an address on the backend's own origin. */
export function isOwnPage(url: string, origin: string | null): boolean {
  if (origin === null) return false
  try {
    return new URL(url).origin === new URL(origin).origin
  } catch {
    return false
  }
}

/** Addresses that links in the app may open in the user's browser: documentation over HTTPS. */
export function isDocumentation(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url)
    return (
      protocol === 'https:' &&
      ['istio.io', 'kubernetes.io', 'gateway-api.sigs.k8s.io', 'prometheus.io'].some(
        (host) => hostname === host || hostname.endsWith(`.${host}`),
      )
    )
  } catch {
    return false
  }
}
