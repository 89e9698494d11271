import { useApolloClient } from '@apollo/client/react'
import { useEffect, useState } from 'react'
import { edgeLatencies, type Graph, type GraphBy } from '../../api/index.ts'

/** Percentiles of one edge, in milliseconds; null where not known. */
export interface Latency {
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/**
 * Percentiles of the edges of some namespaces, by edge id, at the map's own
 * time. While newer ones are on their way the last stay; empty until known.
 */
export function useLatencies(
  graph: Pick<Graph, 'at' | 'windowSeconds'>,
  by: GraphBy,
  namespaces: readonly string[],
): ReadonlyMap<string, Latency> {
  const client = useApolloClient()
  const [known, setKnown] = useState<ReadonlyMap<string, Latency>>(new Map())
  const { at, windowSeconds } = graph
  const wanted = JSON.stringify([...new Set(namespaces)].sort())
  useEffect(() => {
    let gone = false
    const variables = { at, windowSeconds, by, namespaces: JSON.parse(wanted) as string[] }
    client
      .query({ query: edgeLatencies, variables, fetchPolicy: 'no-cache' })
      .then(({ data }) => {
        if (gone || data === undefined) return undefined
        return setKnown(
          new Map(data.graph.edges.map(({ id, latencyMs }) => [id, latencyMs] as const)),
        )
      })
      // A page without percentiles is better than none; the next refresh asks again.
      .catch(() => undefined)
    return () => {
      gone = true
    }
  }, [client, at, windowSeconds, by, wanted])
  return known
}
