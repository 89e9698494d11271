import { Option, type Command } from 'commander'
import type { Executor } from '../../graphql/index.ts'
import { exitCodeOfRefused, exitCodes, worstExit, type ExitCode } from '../exit.ts'
import { collect, parseAt, parseWindow, type GlobalFlags } from '../flags.ts'
import { graphql } from '../generated/index.ts'
import type { GraphBy, GraphQuery, GraphTelemetryQuery } from '../generated/graphql.ts'
import { formatted, note, print } from '../print/output.ts'
import { bytesPerSecond, number, percent, table } from '../print/table.ts'
import { withExecutor } from '../session.ts'
import { waitForFleet } from '../wait.ts'

const graphDocument = graphql(`
  query Graph(
    $windowSeconds: Int!
    $at: DateTime
    $by: GraphBy!
    $namespaces: [String!]
    $include: GraphInclude!
  ) {
    graph(
      windowSeconds: $windowSeconds
      at: $at
      by: $by
      namespaces: $namespaces
      include: $include
    ) {
      at
      windowSeconds
      clusters {
        name
        state
        ageSeconds
      }
      nodes {
        id
        kind
        cluster
        namespace
        name
        app
        version
        kubernetesKind
        health {
          status
          reasons {
            indicator
            status
            message
            value
            threshold
            samples
          }
        }
      }
      edges {
        source
        target
        protocol
        requestRate
        errorRatio
        bytesPerSecond {
          sent
          received
        }
        latencyMs {
          p50
          p90
          p95
          p99
        }
        mtls {
          ratio
          sourcePrincipals
          destinationPrincipals
        }
        responses {
          code
          flags
          rate
          hosts
        }
      }
    }
  }
`)

const telemetryDocument = graphql(`
  query GraphTelemetry {
    fleet {
      problems {
        file
        reason
      }
      clusters {
        name
        state
        reason
        remedy
        telemetry {
          state
          reason
          remedy
        }
      }
    }
  }
`)

type Graph = GraphQuery['graph']
type Node = Graph['nodes'][number]
type Edge = Graph['edges'][number]
type Telemetry = GraphTelemetryQuery['fleet']['clusters'][number]

const views: readonly GraphBy[] = ['workload', 'app', 'version', 'service']
const noNamespaces: readonly string[] = []

interface GraphFlags extends GlobalFlags {
  readonly window: number
  readonly at?: string
  readonly by: GraphBy
  readonly namespace: readonly string[]
}

/** `smm graph`: the map of all traffic. */
export function addGraphCommand(program: Command): void {
  program
    .command('graph')
    .summary('the map of all traffic, merged over all clusters')
    .description(
      'Shows who talks to whom in the whole fleet: rates, errors, percentiles, bytes and mTLS of every edge, and the health of every node.',
    )
    .addOption(
      new Option('--window <time>', 'rates over this long: 30s, 5m, 1h')
        .argParser(parseWindow)
        .default(60, '60s'),
    )
    .option(
      '--at <time>',
      'end of the window, such as 2026-01-31T09:30:00Z (default: now)',
      parseAt,
    )
    .addOption(new Option('--by <view>', 'what a node stands for').choices(views).default(views[0]))
    .addOption(
      new Option('-n, --namespace <name>', 'only this namespace and what it talks to; repeatable')
        .argParser(collect)
        .default(noNamespaces, 'all'),
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 fine, 3 some cluster's telemetry could not be had (the rest is printed),
4 a named context may not be dialled.

Examples:
  smm graph
  smm graph --window 5m -n shop -o json
  smm graph --sample --by app
  smm graph --prometheus http://localhost:9090 -o json
  smm graph --recording incident.smmrec --at 2026-01-31T09:30:00Z`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GraphFlags>()
      process.exitCode = await withExecutor(flags, async (executor, recordedAt) => {
        await waitForFleet(executor, { telemetry: true })
        const graph = await askGraph(executor, flags, flags.at ?? recordedAt)
        await print(formatted(graph, flags.output, graphTable))
        if (graph.nodes.length === 0 && flags.namespace.length > 0) {
          note(`Nothing is known of ${flags.namespace.join(', ')}. Is the name right?`)
        }
        return warnOfMissing(executor, graph, flags)
      })
    })
}

async function askGraph(executor: Executor, flags: GraphFlags, at: string | null): Promise<Graph> {
  const { graph } = await executor.query(graphDocument, {
    windowSeconds: flags.window,
    at,
    by: flags.by,
    namespaces: flags.namespace.length === 0 ? null : [...flags.namespace],
    include: { latency: true, bytes: true },
  })
  return graph
}

/** Says on stderr whose telemetry is not in the map, and gives the exit code for it. */
async function warnOfMissing(
  executor: Executor,
  graph: Graph,
  flags: GraphFlags,
): Promise<ExitCode> {
  const { fleet } = await executor.query(telemetryDocument, {})
  for (const { file, reason } of fleet.problems) note(`${file}: ${reason}`)
  const ages = new Map(graph.clusters.map(({ name, ageSeconds }) => [name, ageSeconds]))
  const silent = fleet.clusters.filter(
    ({ name, state }) =>
      (state !== 'paused' || flags.context.includes(name)) && (ages.get(name) ?? null) === null,
  )
  for (const { name, state, reason, remedy, telemetry } of silent) {
    const why = telemetry.reason ?? reason ?? state
    const advice = telemetry.remedy ?? remedy
    note(`${name}: no telemetry (${why}).${advice === null ? '' : ` ${advice}`}`)
  }
  // A cluster without a Prometheus did not fail, unless nobody else had anything to say either.
  const failed = silent.filter(({ telemetry }: Telemetry) => telemetry.state !== 'missing')
  const nothing = silent.length > 0 && graph.clusters.every(({ ageSeconds }) => ageSeconds === null)
  return worstExit(
    failed.length > 0 || nothing || fleet.problems.length > 0 ? exitCodes.partial : exitCodes.fine,
    exitCodeOfRefused(flags, fleet.clusters),
  )
}

function graphTable(graph: Graph): string {
  const places = new Map(graph.nodes.map((node) => [node.id, placeOf(node)]))
  const edges = graph.edges.toSorted((a, b) => (b.requestRate ?? -1) - (a.requestRate ?? -1))
  const troubled = graph.nodes.filter(
    ({ health }) => health.status === 'failing' || health.status === 'degraded',
  )
  const parts = [
    `${graph.at}: ${graph.nodes.length} nodes, ${graph.edges.length} edges, rates over ${graph.windowSeconds} s\n`,
    table<Edge>(
      [
        { heading: 'SOURCE', cell: ({ source }) => places.get(source) ?? source },
        { heading: 'TARGET', cell: ({ target }) => places.get(target) ?? target },
        { heading: 'PROTOCOL', cell: ({ protocol }) => protocol },
        { heading: 'REQUESTS/S', cell: ({ requestRate }) => number(requestRate), right: true },
        { heading: 'ERRORS', cell: ({ errorRatio }) => percent(errorRatio), right: true },
        { heading: 'P50 MS', cell: ({ latencyMs }) => number(latencyMs.p50), right: true },
        { heading: 'P99 MS', cell: ({ latencyMs }) => number(latencyMs.p99), right: true },
        {
          heading: 'SENT',
          cell: (edge) => bytesPerSecond(edge.bytesPerSecond.sent),
          right: true,
        },
        {
          heading: 'RECEIVED',
          cell: (edge) => bytesPerSecond(edge.bytesPerSecond.received),
          right: true,
        },
        { heading: 'MTLS', cell: ({ mtls }) => percent(mtls.ratio), right: true },
      ],
      edges,
    ),
  ]
  if (troubled.length > 0) {
    parts.push(
      table<Node>(
        [
          { heading: 'NOT HEALTHY', cell: placeOf },
          { heading: 'STATUS', cell: ({ health }) => health.status },
          { heading: 'WHY', cell: whyOf },
        ],
        troubled,
      ),
    )
  }
  return parts.join('\n')
}

function placeOf({ kind, cluster, namespace, name, version }: Node): string {
  const place = [cluster, namespace, name].filter(Boolean).join('/')
  if (kind === 'app') return version === null ? place : `${place}@${version}`
  return kind === 'workload' ? place : `${place} (${kind})`
}

function whyOf({ health }: Node): string {
  return health.reasons
    .filter(({ status }) => status === health.status)
    .map(({ message }) => message)
    .join('; ')
}
