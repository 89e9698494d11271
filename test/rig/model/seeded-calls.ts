import { notArrived } from './builder.ts'
import type { TopologyBuilder } from './builder.ts'
import type { Random } from './random.ts'
import type { App, MeshPlan, Placed } from './seeded-apps.ts'
import type { Call, Outcome, Route } from './topology.ts'

/** Calls from earlier apps to later ones, and the odd ones at known places. */
export function connectApps(builder: TopologyBuilder, plan: MeshPlan, all: readonly App[]): void {
  const { random } = plan
  const apps = all.filter((app) => !app.ambient)
  const called = new Set<App>()
  for (const [position, app] of apps.entries()) {
    if (app.protocol === 'tcp') continue
    const callees = pickCallees(random, apps, position, plan.edgesPerWorkload, called)
    for (const callee of callees) {
      called.add(callee)
      const ratio = random.between(0.6, 1.3) / callees.length
      const plaintextShare = random.chance(0.04) ? 1 : random.chance(0.02) ? 0.4 : 0
      for (const caller of app.workloads)
        callApp(builder, plan, caller, callee, ratio, plaintextShare)
    }
    for (const caller of app.workloads) addOddCalls(builder, plan, caller, app, position)
  }
  for (const [position, app] of apps.entries()) {
    // Plaintext from outside the mesh: nothing is known of the client.
    if (app.protocol !== 'http' || position % 23 !== 5) continue
    const target = app.workloads[0]
    if (target)
      builder.call({
        source: null,
        demand: { kind: 'perSecond', rate: random.between(0.5, 4), tide: 0 },
        destination: { kind: 'service', service: app.service },
        plaintextShare: 1,
        routes: [{ target: target.index }],
      })
  }
}

/** Later apps to call, those nobody calls yet first, until the caller has its number of edges. */
function pickCallees(
  random: Random,
  apps: readonly App[],
  position: number,
  edges: number,
  called: ReadonlySet<App>,
): readonly App[] {
  const chosen = new Set<App>()
  const reach = Math.min(apps.length - 1, position + 80)
  let count = 0
  if (position >= reach) return []
  for (let attempt = 0; attempt < edges * 4 && count < edges; attempt++) {
    const near =
      attempt === 0 ? apps.slice(position + 1).find((app) => !called.has(app)) : undefined
    const callee = near ?? apps[random.integer(position + 1, reach)]
    if (!callee || chosen.has(callee)) continue
    chosen.add(callee)
    count += callee.workloads.length / new Set(callee.workloads.map(({ cluster }) => cluster)).size
  }
  return [...chosen]
}

/** One workload calls an app: its workloads in the same cluster, or else in the others. */
export function callApp(
  builder: TopologyBuilder,
  plan: MeshPlan,
  caller: Placed,
  callee: App,
  ratio: number,
  plaintextShare = 0,
): void {
  const { random } = plan
  const local = callee.workloads.filter((workload) => workload.cluster === caller.cluster)
  const remote = callee.workloads.filter((workload) => workload.cluster !== caller.cluster)
  const remoteShare = local.length === 0 ? 1 : remote.length > 0 && random.chance(0.3) ? 0.2 : 0
  const routes: Partial<Route>[] = []
  for (const [side, share] of [
    [local, 1 - remoteShare],
    [remote, remoteShare],
  ] as const)
    for (const workload of side)
      if (share > 0)
        routes.push({
          target: workload.index,
          share: share / side.length,
          outcomes: callee.outcomes,
          unknownCluster: side === remote ? pickUnknown(random, caller, callee) : null,
        })
  builder.call({
    source: caller.index,
    demand: { kind: 'perRequest', ratio },
    destination: { kind: 'service', service: callee.service },
    protocol: callee.protocol,
    plaintextShare,
    requestBytes: Math.round(random.between(200, 4000)),
    responseBytes: Math.round(random.between(400, 30_000)),
    routes: routes.map((route) => ({ target: null, ...route })),
  })
}

/**
 * Now and then one side does not know the other's cluster. Never where the
 * other side's account could not settle it: names must be of one cluster only.
 */
function pickUnknown(random: Random, caller: Placed, callee: App): Route['unknownCluster'] {
  const clusters = new Set(callee.workloads.map((workload) => workload.cluster))
  if (caller.twin || clusters.size > 1 || clusters.has(caller.cluster)) return null
  const draw = random.next()
  return draw < 0.1 ? 'destination' : draw < 0.2 ? 'source' : null
}

/** Calls that leave the mesh, hit a wall or never find a workload, at known places. */
function addOddCalls(
  builder: TopologyBuilder,
  plan: MeshPlan,
  caller: Placed,
  app: App,
  position: number,
): void {
  const odd = (destination: Call['destination'], outcomes: readonly Outcome[]): void =>
    builder.call({
      source: caller.index,
      demand: { kind: 'perRequest', ratio: 0.05 },
      destination,
      plaintextShare: 1,
      routes: [{ target: null, outcomes }],
    })
  const host = `${app.name}.vendor.example`
  if (position % 29 === 3) odd({ kind: 'passthrough', host }, [])
  if (position % 41 === 7) odd({ kind: 'blackHole', host }, [notArrived('-', 1, 'http', '502')])
  if (position % 31 === 11) {
    const service = builder.externalService(plan.mesh, app.namespace, host, [caller.cluster])
    odd({ kind: 'service', service }, [notArrived('-', 0.02, 'http', '500')])
  }
  if (position % 19 === 2) {
    const service = builder.service({
      mesh: plan.mesh,
      namespace: app.namespace,
      name: `${app.name}-retired`,
      protocol: 'http',
      port: 8080,
      clusters: [caller.cluster],
    })
    odd({ kind: 'service', service }, [notArrived('UH', 1)])
  }
}
