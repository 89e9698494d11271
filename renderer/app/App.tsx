import { ApolloProvider } from '@apollo/client/react'
import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Spinner,
} from '@patternfly/react-core'
import { useEffect, useRef, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import { browserPage, createApi, openSession, renewSession, type Api } from '../api/index.ts'
import { nextConnection, viewStore, type ConnectionEvent } from '../view/index.ts'
import { createRouter } from './routes.tsx'

type Start = { state: 'starting' } | { state: 'running'; api: Api } | { state: 'locked' }

const router = createRouter()
/** A backend that refuses a bearer it has just given would be asked without end. */
const mostRenewals = 3

/** Opens the session, then the pages; says what to do where there is none. */
export function App() {
  const [start, setStart] = useState<Start>({ state: 'starting' })
  const [session, setSession] = useState(0)
  const refusals = useRef(0)
  useEffect(() => {
    let gone = false
    let api: Api | undefined
    const onConnection = (event: ConnectionEvent) => {
      if (gone) return
      viewStore.setState(({ connection }) => ({
        connection: nextConnection(connection, event, Date.now()),
      }))
      if (event === 'connected') refusals.current = 0
      if (event === 'refused') {
        refusals.current += 1
        setSession((last) => last + 1)
      }
    }
    const begin = (token: string | null) => {
      if (gone) return
      if (token === null) return setStart({ state: 'locked' })
      api = createApi({ origin: window.location.origin, token: () => token, onConnection })
      setStart({ state: 'running', api })
    }
    const open = session === 0 ? openSession : renewSession
    if (refusals.current > mostRenewals) begin(null)
    else open(browserPage()).then(begin, () => begin(null))
    return () => {
      gone = true
      api?.dispose()
    }
  }, [session])
  if (start.state === 'starting') {
    return (
      <EmptyState headingLevel="h1" titleText="Service Mesh Manager" icon={Spinner}>
        <EmptyStateBody>Opening…</EmptyStateBody>
      </EmptyState>
    )
  }
  if (start.state === 'locked') return <Locked />
  return (
    <ApolloProvider client={start.api.client}>
      <RouterProvider router={router} />
    </ApolloProvider>
  )
}

function Locked() {
  return (
    <main>
      <EmptyState headingLevel="h1" titleText="This page has no session">
        <EmptyStateBody>
          Its link is older than a minute, was opened twice (which ends both pages), or the backend
          was started anew. Press Enter where <code>smm dashboard</code> runs, or run it again, and
          open the link it prints.
        </EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="link" onClick={() => window.location.reload()}>
              Try again
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    </main>
  )
}
