import type { Command } from 'commander'
import { exitCodeOfRefused, exitCodes, worstExit, type ExitCode } from '../exit.ts'
import type { GlobalFlags } from '../flags.ts'
import { graphql } from '../generated/index.ts'
import type { FleetQuery } from '../generated/graphql.ts'
import { formatted, note, print } from '../print/output.ts'
import { number, table } from '../print/table.ts'
import { withExecutor } from '../session.ts'
import { waitForFleet } from '../wait.ts'

const fleetDocument = graphql(`
  query Fleet {
    fleet {
      at
      clusters {
        id
        name
        contexts
        state
        since
        reason
        remedy
        kubernetesVersion
        provider
        distribution
        region
        controlPlanes {
          name
          revision
          version
        }
        meshId
        network
        trustDomain
        counts {
          nodes
          namespaces
          workloads
          services
          gateways
        }
      }
      problems {
        file
        reason
      }
    }
  }
`)

type Fleet = FleetQuery['fleet']
type Cluster = Fleet['clusters'][number]

/** `smm fleet`: every cluster, its state and its mesh. */
export function addFleetCommand(program: Command): void {
  program
    .command('fleet')
    .summary('clusters of the fleet: state, version, mesh')
    .description(
      'Shows every cluster of the chosen contexts: whether it can be reached (and what to do if not), its Kubernetes, its control planes and its mesh.',
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 all clusters fine, 1 some degraded, 3 some could not be reached,
4 a named context may not be dialled.

Examples:
  smm fleet
  smm fleet --context east --context west -o json
  smm fleet --sample`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>()
      process.exitCode = await withExecutor(flags, async (executor) => {
        await waitForFleet(executor, { telemetry: false })
        const { fleet } = await executor.query(fleetDocument, {})
        for (const { file, reason } of fleet.problems) note(`${file}: ${reason}`)
        await print(formatted(fleet, flags.output, fleetTable))
        return worstExit(exitCodeOf(fleet), exitCodeOfRefused(flags, fleet.clusters))
      })
    })
}

function exitCodeOf({ clusters, problems }: Fleet): ExitCode {
  return worstExit(
    problems.length > 0 ? exitCodes.partial : exitCodes.fine,
    ...clusters.map(({ state }) => exitCodeOfState[state]),
  )
}

const exitCodeOfState: Readonly<Record<Cluster['state'], ExitCode>> = {
  ready: exitCodes.fine,
  paused: exitCodes.fine,
  degraded: exitCodes.findings,
  connecting: exitCodes.partial,
  unauthorized: exitCodes.partial,
  unreachable: exitCodes.partial,
}

function fleetTable({ clusters }: Pick<Fleet, 'clusters'>): string {
  const rows = table<Cluster>(
    [
      { heading: 'CLUSTER', cell: ({ name }) => name },
      { heading: 'STATE', cell: ({ state }) => state },
      { heading: 'KUBERNETES', cell: ({ kubernetesVersion }) => kubernetesVersion ?? '-' },
      { heading: 'RUNS ON', cell: runsOn },
      { heading: 'REGION', cell: ({ region }) => region ?? '-' },
      { heading: 'MESH', cell: ({ meshId }) => meshId ?? '-' },
      { heading: 'NETWORK', cell: ({ network }) => network ?? '-' },
      {
        heading: 'CONTROL PLANES',
        cell: ({ controlPlanes }) =>
          controlPlanes
            .map(({ revision, version }) => `${revision} (${version ?? 'version unknown'})`)
            .join(', ') || '-',
      },
      { heading: 'NODES', cell: ({ counts }) => number(counts.nodes), right: true },
      { heading: 'WORKLOADS', cell: ({ counts }) => number(counts.workloads), right: true },
      { heading: 'SERVICES', cell: ({ counts }) => number(counts.services), right: true },
    ],
    clusters,
  )
  const troubled = clusters.filter(({ reason }) => reason !== null)
  if (troubled.length === 0) return rows
  const troubles = table<Cluster>(
    [
      { heading: 'CLUSTER', cell: ({ name }) => name },
      { heading: 'WHY', cell: ({ reason }) => reason ?? '' },
      { heading: 'WHAT TO DO', cell: ({ remedy }) => remedy ?? '-' },
    ],
    troubled,
  )
  return `${rows}\n${troubles}`
}

function runsOn({ provider, distribution }: Cluster): string {
  const known = [provider, distribution].filter((name) => name !== 'unknown')
  return [...new Set(known)].join(', ') || 'unknown'
}
