import type { Settings } from '../state/index.ts'
import {
  kubeconfigFiles,
  loadKubeconfig,
  watchFiles,
  type ContextEntry,
  type Kubeconfig,
} from '../kube/index.ts'
import { chooseContexts, ContextChoiceError, type Choice } from './choose.ts'
import { coalesce } from './coalesce.ts'
import { groupByEndpoint, orderPrimary, type ContextGroup } from './group.ts'
import { idleMember, liveMember, type Member } from './member.ts'
import type { ClusterSnapshot, FleetSnapshot, FleetSource } from './source.ts'
import { createTelemetry, type NamedPrometheus } from './telemetry.ts'

/** What a live fleet is made from. */
export interface LiveFleetOptions {
  /** Kubeconfig files; empty for `KUBECONFIG` or the default file. */
  readonly kubeconfigs: readonly string[]
  /** Contexts named by the user: all there is then. */
  readonly contexts?: readonly string[]
  readonly settings: Pick<Settings, 'contexts' | 'primaryContexts' | 'kubeconfigs'>
  /** Prometheis named by the user, which are not looked for then. */
  readonly prometheusUrls?: readonly NamedPrometheus[]
  /** True where a person can be shown a picker instead of an error (the app). */
  readonly picker?: boolean
  /** Whether the program a context wants to log in with may run. Default: none may. */
  readonly execAllowed?: (entry: ContextEntry) => boolean
  /** Told once what was chosen for a user who made no choice. */
  readonly onNotice?: (notice: string) => void
}

/**
 * A fleet of real clusters: dials the chosen contexts, watches their objects,
 * finds their Prometheis, and follows the kubeconfig files as they change.
 *
 * Throws `ContextChoiceError` where the user has to choose first. No failure
 * of a cluster or a file ever throws: it is in the snapshot.
 */
export function createLiveFleet(options: LiveFleetOptions): FleetSource {
  const given = options.kubeconfigs
  const files = [
    ...kubeconfigFiles(given),
    ...(given.length > 0 ? [] : options.settings.kubeconfigs),
  ]
  const mustExist = given.length > 0 || Boolean(process.env['KUBECONFIG'])
  const execAllowed = options.execAllowed ?? (() => false)
  const read = (): Kubeconfig => loadKubeconfig(files, { mustExist })
  const choose = (kubeconfig: Kubeconfig, requested: readonly string[]): Choice =>
    chooseContexts(kubeconfig.contexts, {
      requested,
      chosen: options.settings.contexts,
      picker: options.picker ?? false,
      execAllowed,
    })

  let kubeconfig = read()
  refuseUnknown(options.prometheusUrls ?? [], kubeconfig)
  const firstChoice = chooseFirst()
  if (firstChoice.notice !== null) options.onNotice?.(firstChoice.notice)

  const listeners = new Set<() => void>()
  let members: Member[] = []
  /** Members that turned out to lead to the cluster of another, which stands for both. */
  let absorbed = new Map<Member, Member>()
  let changedMembers = new Set<Member>()
  let built = new Map<Member, ClusterSnapshot>()
  let closed = false
  let snapshot: FleetSnapshot = { revision: 0, atMs: Date.now(), clusters: [] }

  const emission = coalesce(emit)
  const telemetry = createTelemetry({
    named: options.prometheusUrls ?? [],
    members: () => visible(),
    onChange: (member) => touch(member),
  })

  function chooseFirst(): Choice {
    try {
      return choose(kubeconfig, options.contexts ?? [])
    } catch (error) {
      const unread = kubeconfig.problems.map(({ file, reason }) => `${file} ${reason}`).join('; ')
      if (!(error instanceof ContextChoiceError) || unread === '') throw error
      throw new ContextChoiceError(`${error.message} (${unread})`)
    }
  }

  function visible(): Member[] {
    return members.filter((member) => !absorbed.has(member))
  }

  function touch(member: Member): void {
    if (closed) return
    changedMembers.add(member)
    emission.request()
  }

  function emit(): void {
    mergeSameClusters()
    const next = new Map<Member, ClusterSnapshot>()
    for (const member of visible()) {
      const known = changedMembers.has(member) ? undefined : built.get(member)
      next.set(member, known ?? withAllContexts(member, member.snapshot(telemetry.status(member))))
    }
    built = next
    changedMembers = new Set()
    snapshot = {
      revision: snapshot.revision + 1,
      atMs: Date.now(),
      clusters: [...next.values()],
      ...(kubeconfig.problems.length > 0 ? { problems: kubeconfig.problems } : {}),
    }
    for (const listener of listeners) listener()
  }

  /** Two addresses may lead to one cluster: its UID tells, and one of them is let go. */
  function mergeSameClusters(): void {
    const byUid = new Map<string, Member>()
    const primaries = options.settings.primaryContexts
    for (const member of visible()) {
      const identity = member.identity()
      if (identity === null) continue
      const other = identity.uid === null ? undefined : byUid.get(identity.uid)
      if (!other || identity.uid === null) {
        if (identity.uid !== null) byUid.set(identity.uid, member)
        continue
      }
      const isPrimary = member.contexts.includes(primaries[identity.uid] ?? '')
      const [kept, spare] = isPrimary ? [member, other] : [other, member]
      byUid.set(identity.uid, kept)
      absorbed.set(spare, kept)
      for (const [lost, keeper] of absorbed) if (keeper === spare) absorbed.set(lost, kept)
      changedMembers.add(kept)
      void spare.stop()
    }
    for (const member of visible()) {
      if (member.identity() !== null && member.watch() === null) member.startWatch()
      telemetry.look(member)
    }
  }

  function withAllContexts(member: Member, cluster: ClusterSnapshot): ClusterSnapshot {
    const others = members.filter((other) => absorbed.get(other) === member)
    if (others.length === 0) return cluster
    const contexts = [...member.contexts, ...others.flatMap((other) => other.contexts)]
    return { ...cluster, status: { ...cluster.status, contexts } }
  }

  /** Makes the members fit a choice; what did not change goes on undisturbed. */
  function adopt(choice: Choice): void {
    const groups = groupByEndpoint(choice.active).map((group) =>
      orderPrimary(group, options.settings.primaryContexts),
    )
    const gone = new Set(members)
    const keep = (key: string): Member | undefined =>
      members.find((member) => memberKey(member) === key)
    const next: Member[] = []
    for (const group of groups) {
      const known = keep(groupKey(group))
      const lostKeeper = known && absorbed.has(known)
      const member = known && !lostKeeper ? known : startMember(group)
      gone.delete(member)
      next.push(member)
    }
    for (const { entry, reason, remedy } of choice.paused) {
      const condition = { state: 'paused', reason, remedy } as const
      next.push(idleMember(entry, [entry.name], condition))
    }
    for (const member of gone) void member.stop()
    members = inFileOrder(next)
    absorbed = new Map()
    built = new Map()
    emission.request()
  }

  function startMember({ entry, contexts }: ContextGroup): Member {
    if (entry.error !== null) {
      return idleMember(entry, contexts, {
        state: 'unreachable',
        reason: `its kubeconfig entry cannot be used: ${entry.error}`,
        remedy: `Correct it in ${entry.file}.`,
      })
    }
    const allowExec = execAllowed(entry)
    const member: Member = liveMember(entry, contexts, {
      allowExec,
      onChange: () => touch(member),
    })
    return member
  }

  function inFileOrder(unordered: Member[]): Member[] {
    const order = new Map(kubeconfig.contexts.map(({ name }, index) => [name, index]))
    return unordered.sort((a, b) => (order.get(a.entry.name) ?? 0) - (order.get(b.entry.name) ?? 0))
  }

  adopt(firstChoice)
  emission.now()
  const stopWatchingFiles = watchFiles(files, () => {
    kubeconfig = read()
    const names = new Set(kubeconfig.contexts.map(({ name }) => name))
    // A requested context that was taken out of the file has gone, and is no error any more.
    const requested = options.contexts?.filter((name) => names.has(name)) ?? []
    const none = { active: [], paused: [], notice: null }
    try {
      adopt(
        options.contexts?.length && requested.length === 0 ? none : choose(kubeconfig, requested),
      )
    } catch (error) {
      // More to choose from than may be dialled unasked: the fleet stays as it was.
      if (!(error instanceof ContextChoiceError)) throw error
      emission.request()
    }
  })

  return {
    timeline: () => ({ mode: 'live' }),
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ask: (question, askOptions) => telemetry.ask(question, askOptions),
    seek: () => Promise.reject(new Error('a live fleet has no other time than now')),
    async close() {
      closed = true
      emission.stop()
      stopWatchingFiles()
      telemetry.close()
      listeners.clear()
      await Promise.all(members.map((member) => member.stop()))
    },
  }
}

function refuseUnknown(named: readonly NamedPrometheus[], { contexts }: Kubeconfig): void {
  for (const { context } of named) {
    if (context === null || contexts.some(({ name }) => name === context)) continue
    throw new ContextChoiceError(`a Prometheus was named for ${context}, which is no context`)
  }
}

function memberKey(member: Member): string {
  return JSON.stringify([member.entry.digest, member.contexts, member.client !== null])
}

function groupKey({ entry, contexts }: ContextGroup): string {
  return JSON.stringify([entry.digest, contexts, entry.error === null])
}
