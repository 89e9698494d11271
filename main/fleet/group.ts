import type { ContextEntry } from '../kube/index.ts'

/** Contexts that surely lead to one API server: they differ in user or namespace only. */
export interface ContextGroup {
  /** The context that is dialled. */
  readonly entry: ContextEntry
  /** Its name first, then the others'. */
  readonly contexts: readonly string[]
  readonly entries: readonly ContextEntry[]
}

/** Groups contexts by API server, without dialling any. Broken contexts stay alone. */
export function groupByEndpoint(entries: readonly ContextEntry[]): ContextGroup[] {
  const groups = new Map<string, ContextEntry[]>()
  for (const entry of entries) {
    const key =
      entry.error === null && entry.endpointKey ? entry.endpointKey : `broken ${entry.name}`
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return [...groups.values()].flatMap((group) => {
    const entry = group[0]
    return entry ? [{ entry, contexts: group.map(({ name }) => name), entries: group }] : []
  })
}

/** Puts the context that the user made primary first; else the first in file order stays. */
export function orderPrimary(
  group: ContextGroup,
  primaryContexts: Readonly<Record<string, string>>,
): ContextGroup {
  const primaries = new Set(Object.values(primaryContexts))
  const primary = group.entries.find(({ name }) => primaries.has(name))
  if (!primary || primary === group.entry) return group
  const entries = [primary, ...group.entries.filter((entry) => entry !== primary)]
  return { entry: primary, contexts: entries.map(({ name }) => name), entries }
}
