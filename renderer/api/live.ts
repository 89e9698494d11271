import type { OperationVariables, TypedDocumentNode } from '@apollo/client'
import { useApolloClient } from '@apollo/client/react'
import { useEffect, useMemo, useState } from 'react'

/** What a page has of a thing that changes: nothing yet, the thing, or the thing and what went wrong. */
export interface Live<T> {
  readonly value: T | null
  /** What the backend could not do; null when it did all. */
  readonly problem: string | null
}

/**
 * Follows a subscription whose events are a whole first and then changes. The
 * reduced value is kept here, not in Apollo's cache: nodes and edges belong to
 * one map's time and window, not to their ids. While variables change, the last
 * value stays, so that a page need not blink.
 */
export function useLive<Data, Variables extends OperationVariables, T>(
  subscription: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  reduce: (known: T | null, data: Data) => T,
): Live<T> {
  const client = useApolloClient()
  const [live, setLive] = useState<Live<T>>({ value: null, problem: null })
  const key = JSON.stringify(variables)
  const asked = useMemo(() => JSON.parse(key) as Variables, [key])
  useEffect(() => {
    let known: T | null = null
    const running = client
      .subscribe({
        query: subscription,
        variables: asked,
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
      })
      .subscribe({
        next: ({ data, error }) => {
          const problem = error === undefined ? null : error.message
          if (data === undefined || data === null) {
            setLive((last) => ({ value: last.value, problem }))
            return
          }
          known = reduce(known, data)
          setLive({ value: known, problem })
        },
      })
    return () => running.unsubscribe()
  }, [client, subscription, asked, reduce])
  return live
}
