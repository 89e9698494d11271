import type { Executor } from '../graphql/index.ts'
import { graphql } from './generated/index.ts'
import type { WaitSubscription } from './generated/graphql.ts'
import { note } from './print/output.ts'

const waitDocument = graphql(`
  subscription Wait {
    fleetChanged {
      upsertedClusters {
        id
        name
        state
        telemetry {
          state
        }
      }
      removedClusterIds
    }
  }
`)

type SeenCluster = WaitSubscription['fleetChanged']['upsertedClusters'][number]

/** How long a command waits for its clusters before it prints what it has. */
const patienceMs = 20_000
/** A command that is done sooner says nothing of waiting. */
const quietMs = 1000

/**
 * Waits until every cluster was reached or has failed, and with `telemetry`
 * until its Prometheus was found or not. Gives up silently after a while:
 * clusters that still connect then show as such.
 */
export async function waitForFleet(
  executor: Executor,
  want: { readonly telemetry: boolean },
): Promise<void> {
  const clusters = new Map<string, SeenCluster>()
  const events = await executor.subscribe(waitDocument, {})
  const waiting = () => [...clusters.values()].filter((cluster) => !isSettled(cluster, want))
  const progress = setTimeout(() => {
    const names = waiting().map(({ name }) => name)
    note(`Waiting for ${names.length} of ${clusters.size} clusters: ${names.join(', ')}`)
  }, quietMs)
  const giveUp = Promise.withResolvers<null>()
  const patience = setTimeout(() => giveUp.resolve(null), patienceMs)
  try {
    for (;;) {
      const next = await Promise.race([events.next(), giveUp.promise])
      if (next === null || next.done === true) return
      const { upsertedClusters, removedClusterIds } = next.value.fleetChanged
      for (const cluster of upsertedClusters) clusters.set(cluster.id, cluster)
      for (const id of removedClusterIds) clusters.delete(id)
      if (waiting().length === 0) return
    }
  } finally {
    clearTimeout(progress)
    clearTimeout(patience)
    await events.return?.()
  }
}

function isSettled({ state, telemetry }: SeenCluster, want: { readonly telemetry: boolean }) {
  if (state === 'connecting') return false
  const reached = state === 'ready' || state === 'degraded'
  return !want.telemetry || !reached || telemetry.state !== 'unknown'
}
