import type { GraphCluster } from '../api/index.ts'
import { formatDuration } from '../words/index.ts'

/** From this age on, a cluster's numbers are called old. */
const oldFromSeconds = 30

/** How complete and how fresh the map is. */
export interface Freshness {
  /** Whether every cluster gave fresh numbers. */
  readonly complete: boolean
  /** Such as `4 of 5 clusters`. */
  readonly summary: string
  /** One remark per cluster whose numbers are old or missing: `east 40 s old`. */
  readonly remarks: readonly string[]
}

/** Says which clusters are in the picture, and how old what they said is. */
export function freshnessOf(clusters: readonly GraphCluster[]): Freshness {
  const answered = clusters.filter(({ ageSeconds }) => ageSeconds !== null)
  const remarks = clusters.flatMap(({ name, state, ageSeconds }) => {
    if (ageSeconds === null) {
      const why = state === 'ready' ? 'no telemetry' : state
      return [`${name} ${why}`]
    }
    return ageSeconds >= oldFromSeconds ? [`${name} ${formatDuration(ageSeconds)} old`] : []
  })
  const noun = clusters.length === 1 ? 'cluster' : 'clusters'
  return {
    complete: remarks.length === 0,
    summary:
      answered.length === clusters.length
        ? `${clusters.length} ${noun}`
        : `${answered.length} of ${clusters.length} ${noun}`,
    remarks,
  }
}
