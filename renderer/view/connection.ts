import type { Connection } from './store.ts'

/** What can happen to the line between page and backend. */
export type ConnectionEvent = 'connecting' | 'connected' | 'lost' | 'refused'

/**
 * The next state of the connection. Retries after a loss stay `away` since the
 * first loss, so that the page can say how long it has been; `ended` is final
 * until a connection is made with a new session.
 */
export function nextConnection(
  current: Connection,
  event: ConnectionEvent,
  nowMs: number,
): Connection {
  switch (event) {
    case 'connected':
      return { state: 'connected' }
    case 'refused':
      return { state: 'ended' }
    case 'lost':
      return current.state === 'away' || current.state === 'ended'
        ? current
        : { state: 'away', sinceMs: nowMs }
    case 'connecting':
      return current.state === 'away' || current.state === 'ended'
        ? current
        : { state: 'connecting' }
  }
}
