import {
  ContextChoiceError,
  createLiveFleet,
  createPrometheusFleet,
  type FleetSource,
} from '../fleet/index.ts'
import { kubeconfigFiles, loadKubeconfig } from '../kube/index.ts'
import { openRecording, RecordingError } from '../recording/index.ts'
import { openState } from '../state/index.ts'
import { CommandError, exitCodes } from './exit.ts'
import type { SourceFlags } from './flags.ts'
import { sampleFile } from './paths.ts'

/** How a source is chosen where flags leave it open. */
export interface SourceOptions {
  /** True for the app: it can show a picker, and the sample fleet when there is no context at all. */
  readonly app: boolean
  /** Told what was chosen for the user. */
  readonly onNotice: (notice: string) => void
}

/**
 * Opens what the flags name: the sample, a recording, Prometheis alone, or the
 * clusters of a kubeconfig. Throws `CommandError` where the user has to say more.
 */
export function selectSource(flags: SourceFlags, options: SourceOptions): FleetSource {
  const live = flags.kubeconfig !== undefined || flags.context.length > 0
  const ways = [
    flags.sample && '--sample',
    flags.recording !== undefined && '--recording',
    (live || flags.prometheus.length > 0) && '--kubeconfig, --context or --prometheus',
  ].filter(Boolean)
  if (ways.length > 1) throw usage(`${ways.join(' and ')} exclude each other.`)
  if (flags.sample) return openSample()
  if (flags.recording !== undefined) return openFile(flags.recording)
  if (flags.prometheus.length > 0 && !live) {
    return createPrometheusFleet(flags.prometheus)
  }
  if (!live && hasNoContext()) {
    if (!options.app) {
      throw usage(
        'There is no kubeconfig with a context. Name one with --kubeconfig, or look at the sample fleet with --sample.',
      )
    }
    options.onNotice('There is no kubeconfig with a context: this is the sample fleet.')
    return openSample()
  }
  return openLive(flags, options)
}

/** True where no kubeconfig file says anything, not even something wrong. */
function hasNoContext(): boolean {
  const { contexts, problems } = loadKubeconfig(kubeconfigFiles([]), { mustExist: false })
  return contexts.length === 0 && problems.length === 0
}

function openLive(flags: SourceFlags, options: SourceOptions): FleetSource {
  const state = openState({ onProblem: options.onNotice })
  let source: FleetSource | undefined
  try {
    const settings = state.settings()
    source = createLiveFleet({
      kubeconfigs: flags.kubeconfig === undefined ? [] : [flags.kubeconfig],
      contexts: flags.context,
      settings,
      prometheusUrls: flags.prometheus.length > 0 ? flags.prometheus : settings.prometheus,
      picker: options.app,
      execAllowed: ({ name, exec }) =>
        flags.allowExec === true || (exec !== null && state.execTrusted(name, exec.digest)),
      onNotice: options.onNotice,
    })
  } catch (error) {
    state.close()
    throw error instanceof ContextChoiceError ? usage(sentence(error.message)) : error
  }
  return closingAlso(source, () => state.close())
}

function closingAlso(source: FleetSource, close: () => void): FleetSource {
  return {
    ...source,
    async close() {
      await source.close()
      close()
    },
  }
}

function openSample(): FleetSource {
  return openRecording(sampleFile)
}

/** A refused file is the user's to change. */
function openFile(file: string): FleetSource {
  try {
    return openRecording(file)
  } catch (error) {
    throw error instanceof RecordingError ? usage(error.message) : error
  }
}

function usage(message: string): CommandError {
  return new CommandError(message, exitCodes.usage)
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
