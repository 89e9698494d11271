import type { ContextEntry } from '../kube/index.ts'

/** Which contexts are dialled, and why the others are not. */
export interface Choice {
  readonly active: readonly ContextEntry[]
  readonly paused: readonly {
    readonly entry: ContextEntry
    readonly reason: string
    readonly remedy: string
  }[]
  /** To tell a user whose fleet was chosen for them; null when they chose it. */
  readonly notice: string | null
}

/** The fleet cannot be chosen without the user: a usage error that names `--context`. */
export class ContextChoiceError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ContextChoiceError'
  }
}

/** More contexts than this are never dialled unasked. */
const mostUnasked = 10

/**
 * Chooses the fleet. `requested` (by `--context`) is all there is; else what
 * the user chose in settings; else, at first start, all contexts when there
 * are at most ten and none needs an exec plugin. Where that fails, an app
 * (`picker`) gets everything paused, to show a picker, and a CLI the contexts
 * that need no exec plugin, if at most ten.
 *
 * Throws `ContextChoiceError` for a requested context that does not exist, and
 * when a CLI has too many to choose from.
 */
export function chooseContexts(
  entries: readonly ContextEntry[],
  options: {
    readonly requested: readonly string[]
    readonly chosen: readonly string[] | null
    readonly picker: boolean
    readonly execAllowed: (entry: ContextEntry) => boolean
  },
): Choice {
  const { requested, chosen, picker, execAllowed } = options
  if (requested.length > 0) {
    const names = new Set(entries.map((entry) => entry.name))
    const missing = requested.filter((name) => !names.has(name))
    if (missing.length > 0) throw new ContextChoiceError(unknownContexts(missing, [...names]))
    const wanted = requested.flatMap((name) => entries.filter((entry) => entry.name === name))
    return split([...new Set(wanted)], [], execAllowed, null)
  }
  if (chosen !== null) {
    const isChosen = (entry: ContextEntry): boolean => chosen.includes(entry.name)
    return split(
      entries.filter(isChosen),
      entries.filter((entry) => !isChosen(entry)).map((entry) => pausedAsNotChosen(entry)),
      execAllowed,
      null,
    )
  }
  const plain = entries.filter((entry) => entry.exec === null || execAllowed(entry))
  if (entries.length <= mostUnasked && plain.length === entries.length) {
    return { active: entries, paused: [], notice: null }
  }
  if (picker) {
    return { active: [], paused: entries.map((entry) => pausedAsNotChosen(entry)), notice: null }
  }
  if (plain.length === 0 || plain.length > mostUnasked) {
    const names = entries.map(({ name }) => name)
    throw new ContextChoiceError(
      plain.length === 0
        ? `every context needs a program to log in: name those you want with --context, and allow it for one run with --allow-exec; there are: ${someOf(names)}`
        : `${entries.length} contexts are too many to dial unasked: name those you want with --context; there are: ${someOf(names)}`,
    )
  }
  const rest = entries.filter((entry) => !plain.includes(entry))
  return {
    active: plain,
    paused: rest.map((entry) => pausedForExec(entry)),
    notice: `no fleet was chosen yet: using the ${plain.length} of ${entries.length} contexts that need no program to log in; name others with --context`,
  }
}

function split(
  active: readonly ContextEntry[],
  paused: Choice['paused'],
  execAllowed: (entry: ContextEntry) => boolean,
  notice: string | null,
): Choice {
  const refused = active.filter((entry) => entry.exec !== null && !execAllowed(entry))
  return {
    active: active.filter((entry) => !refused.includes(entry)),
    paused: [...refused.map((entry) => pausedForExec(entry)), ...paused],
    notice,
  }
}

function pausedAsNotChosen(entry: ContextEntry): Choice['paused'][number] {
  return {
    entry,
    reason: 'not chosen for the fleet',
    remedy:
      entry.exec === null
        ? 'Start with --context NAME to look at it.'
        : `Start with --context NAME to look at it, and with --allow-exec to let it run ${entry.exec.command} to log in.`,
  }
}

function pausedForExec(entry: ContextEntry): Choice['paused'][number] {
  return {
    entry,
    reason: `needs the program ${entry.exec?.command ?? ''} to log in, which was not allowed to run`,
    remedy: 'Allow the programs of your kubeconfig for one run with --allow-exec.',
  }
}

function unknownContexts(missing: readonly string[], names: readonly string[]): string {
  const known = names.length === 0 ? 'there are none' : `there are: ${someOf(names)}`
  return `no context named ${missing.join(', ')}; ${known}`
}

function someOf(names: readonly string[]): string {
  const some = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${some} and ${names.length - 20} more` : some
}
