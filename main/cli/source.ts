import type { FleetSource } from '../fleet/index.ts'
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
 * clusters of a kubeconfig. Rejects with a `CommandError` where the user has to
 * say more. Rooms are loaded as they are needed: half of a short command's time.
 */
export async function selectSource(
  flags: SourceFlags,
  options: SourceOptions,
): Promise<FleetSource> {
  const live = flags.kubeconfig !== undefined || flags.context.length > 0
  const ways = [
    flags.sample && '--sample',
    flags.recording !== undefined && '--recording',
    (live || flags.prometheus.length > 0) && '--kubeconfig, --context or --prometheus',
  ].filter(Boolean)
  if (ways.length > 1) throw usage(`${ways.join(' and ')} exclude each other.`)
  if (flags.sample) return openFile(sampleFile)
  if (flags.recording !== undefined) return openFile(flags.recording)
  const { openClusters, openPrometheis } = await import('./live-source.ts')
  if (flags.prometheus.length > 0 && !live) return openPrometheis(flags)
  const clusters = openClusters(flags, options)
  if (clusters !== null) return clusters
  if (!options.app) {
    throw usage(
      'There is no kubeconfig with a context. Name one with --kubeconfig, or look at the sample fleet with --sample.',
    )
  }
  options.onNotice('There is no kubeconfig with a context: this is the sample fleet.')
  return openFile(sampleFile)
}

/** A refused file is the user's to change. */
async function openFile(file: string): Promise<FleetSource> {
  const { openRecording, RecordingError } = await import('../recording/index.ts')
  try {
    return openRecording(file)
  } catch (error) {
    throw error instanceof RecordingError ? usage(error.message) : error
  }
}

function usage(message: string): CommandError {
  return new CommandError(message, exitCodes.usage)
}
