import { concatTables, emptyTable, joinTables, stackTables } from './columns.ts'
import { latencyTable } from './latency.ts'
import { labels, metrics } from './metrics.ts'
import type { Matcher, RateQuery, Selector } from './query.ts'
import type {
  BytesAnswer,
  BytesQuestion,
  EdgesAnswer,
  EdgesQuestion,
  LatencyAnswer,
  LatencyQuestion,
} from './question.ts'
import type { Table } from './table.ts'

/** A question about one moment, as queries and what their answers (tables with value `rate`) make. */
export interface Plan<A> {
  readonly queries: readonly RateQuery[]
  readonly assemble: (tables: readonly Table[]) => A
}

type InstantQuestion = EdgesQuestion | LatencyQuestion | BytesQuestion

/** Which queries answer a question about one moment. */
export function planInstant(
  question: InstantQuestion,
): Plan<EdgesAnswer | LatencyAnswer | BytesAnswer> {
  if (question.name === 'edges') return planEdges(question)
  if (question.name === 'latency') return planLatency(question)
  return planBytes(question)
}

/** Whose account is taken as it is: the destination's, or its waypoint's. */
const answered: Matcher = {
  label: 'reporter',
  is: 'in',
  values: ['destination', 'waypoint'],
}
/** Whose account is asked only for what no destination answered. */
const sent: Matcher = { label: 'reporter', is: 'in', values: ['source'] }

/**
 * The same traffic twice: once by those who answered, and, by those who sent,
 * only what is not in the first account (never arrived, answered elsewhere, by
 * a destination without a proxy, or ended in another way than it was answered).
 */
function bothAccounts(request: {
  readonly metric: string
  readonly by: readonly string[]
  readonly answeredBy: readonly string[]
  readonly on: readonly string[]
  readonly answeredWhere?: readonly Matcher[]
  readonly sentWhere?: readonly Matcher[]
  readonly zeros?: boolean
}): readonly [RateQuery, RateQuery] {
  const accounted: Selector = { metric: metrics.requests, where: [answered] }
  const zeros = request.zeros ?? false
  return [
    {
      select: { metric: request.metric, where: [answered, ...(request.answeredWhere ?? [])] },
      by: ['reporter', ...request.by, ...request.answeredBy],
      zeros,
    },
    {
      select: { metric: request.metric, where: [sent, ...(request.sentWhere ?? [])] },
      by: ['reporter', ...request.by, 'destination_service', ...labels.service],
      zeros,
      unless: { select: accounted, on: request.on },
    },
  ]
}

function identity(question: InstantQuestion): readonly string[] {
  return question.identity === 'full'
    ? [...labels.workloads, ...labels.canonical]
    : labels.workloads
}

function planEdges(question: EdgesQuestion): Plan<EdgesAnswer> {
  const full = question.identity === 'full'
  const requests = bothAccounts({
    metric: metrics.requests,
    by: [...identity(question), ...labels.response],
    answeredBy: ['destination_service', ...labels.security, ...(full ? labels.service : [])],
    on: [...labels.workloads, 'destination_service', ...labels.response],
  })
  // `app` tells ztunnel's own accounts, which carry a waypoint's HTTP, from others.
  const tcpBy = [
    'reporter',
    'app',
    ...identity(question),
    'destination_service',
    ...labels.service,
    ...labels.security,
  ]
  const tcp = [metrics.tcpSentBytes, metrics.tcpReceivedBytes].map((metric): RateQuery => ({
    select: { metric, where: [] },
    by: tcpBy,
    zeros: false,
  }))
  return {
    queries: [...requests, ...tcp],
    assemble: ([answeredTable, sentTable, sentRate, receivedRate]) => ({
      name: 'edges',
      requests: stackTables(present([answeredTable, sentTable])),
      tcp: joinTables(
        {
          sentRate: sentRate ?? emptyTable('rate'),
          receivedRate: receivedRate ?? emptyTable('rate'),
        },
        0,
      ),
    }),
  }
}

function planLatency(question: LatencyQuestion): Plan<LatencyAnswer> {
  const { destinationNamespaces } = question
  if (destinationNamespaces?.length === 0) {
    return {
      queries: [],
      assemble: () => ({ name: 'latency', latency: latencyTable([]) }),
    }
  }
  const within = (label: string): readonly Matcher[] =>
    destinationNamespaces === null ? [] : [{ label, is: 'in', values: destinationNamespaces }]
  const queries = bothAccounts({
    metric: metrics.durationBuckets,
    by: [...identity(question), 'request_protocol', 'le'],
    // Without the service, so that an edge over several services has one histogram.
    answeredBy: [],
    on: [...labels.workloads, 'request_protocol'],
    answeredWhere: within('destination_workload_namespace'),
    sentWhere: within('destination_service_namespace'),
    zeros: true,
  })
  return {
    queries,
    assemble: (tables) => ({ name: 'latency', latency: latencyTable(tables) }),
  }
}

function planBytes(question: BytesQuestion): Plan<BytesAnswer> {
  const accounts = (metric: string) =>
    bothAccounts({
      metric,
      by: [...identity(question), 'request_protocol'],
      answeredBy: [],
      on: [...labels.workloads, 'request_protocol'],
    })
  return {
    queries: [...accounts(metrics.requestBytes), ...accounts(metrics.responseBytes)],
    assemble: ([answeredSent, sourceSent, answeredReceived, sourceReceived]) => ({
      name: 'bytes',
      bytes: joinTables(
        {
          sentRate: concatTables(present([answeredSent, sourceSent])),
          receivedRate: concatTables(present([answeredReceived, sourceReceived])),
        },
        0,
      ),
    }),
  }
}

function present(tables: readonly (Table | undefined)[]): readonly Table[] {
  const given = tables.filter((table) => table !== undefined)
  return given.length === 0 ? [emptyTable('rate')] : given
}
