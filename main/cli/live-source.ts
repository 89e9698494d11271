import {
  ContextChoiceError,
  createLiveFleet,
  createPrometheusFleet,
  type FleetSource,
} from '../fleet/index.ts'
import { kubeconfigFiles, loadKubeconfig } from '../kube/index.ts'
import { openState } from '../state/index.ts'
import { CommandError, exitCodes } from './exit.ts'
import type { SourceFlags } from './flags.ts'
import type { SourceOptions } from './source.ts'

/** A fleet of the Prometheis alone that the flags name. */
export function openPrometheis({ prometheus }: SourceFlags): FleetSource {
  return createPrometheusFleet(prometheus)
}

/**
 * The clusters of the user's contexts; null where no kubeconfig says anything,
 * not even something wrong. Throws `CommandError` where the user has to choose.
 */
export function openClusters(flags: SourceFlags, options: SourceOptions): FleetSource | null {
  const state = openState({ onProblem: options.onNotice })
  try {
    const settings = state.settings()
    if (flags.context.length === 0) {
      const named = flags.kubeconfig
      const files =
        named === undefined ? [...kubeconfigFiles([]), ...settings.kubeconfigs] : [named]
      const { contexts, problems } = loadKubeconfig(files, { mustExist: named !== undefined })
      const empty = contexts.length === 0 && problems.length === 0
      if (empty && named === undefined) {
        state.close()
        return null
      }
      if (empty && !options.app) throw new ContextChoiceError(`${named} has no context`)
    }
    const source = createLiveFleet({
      kubeconfigs: flags.kubeconfig === undefined ? [] : [flags.kubeconfig],
      contexts: flags.context,
      settings,
      prometheusUrls: flags.prometheus.length > 0 ? flags.prometheus : settings.prometheus,
      picker: options.app,
      execAllowed: ({ name, exec }) =>
        flags.allowExec === true || (exec !== null && state.execTrusted(name, exec.digest)),
      onNotice: options.onNotice,
    })
    return {
      ...source,
      async close() {
        await source.close()
        state.close()
      },
    }
  } catch (error) {
    state.close()
    if (!(error instanceof ContextChoiceError)) throw error
    throw new CommandError(sentence(error.message), exitCodes.usage)
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
