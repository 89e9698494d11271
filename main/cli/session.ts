import { createExecutor, type Executor } from '../graphql/index.ts'
import { createLogger } from '../state/index.ts'
import { graphql } from './generated/index.ts'
import type { ExitCode } from './exit.ts'
import type { SourceFlags } from './flags.ts'
import { note } from './print/output.ts'
import { selectSource } from './source.ts'

const timelineDocument = graphql(`
  query SessionTimeline {
    timeline {
      mode
      title
      fromMs
      toMs
      loop
    }
  }
`)

const seekDocument = graphql(`
  mutation SessionSeek($positionMs: UnixMilliseconds!) {
    seek(positionMs: $positionMs) {
      positionMs
    }
  }
`)

/** A looped recording starts again at its end, so a command looks at a moment before that. */
const beforeLoopMs = 10_000

/**
 * Runs a command over the source its flags name, and closes it after. Of a
 * recording it sees one moment: the last, or the one the user named. The
 * command is given that moment, or null where the data is live.
 */
export async function withExecutor(
  flags: SourceFlags & { readonly at?: string },
  run: (executor: Executor, recordedAt: string | null) => Promise<ExitCode>,
): Promise<ExitCode> {
  const source = await selectSource(flags, { app: false, onNotice: note })
  const executor = createExecutor(source, { logger: createLogger() })
  try {
    return await run(executor, await goToMoment(executor, flags.at))
  } finally {
    executor.close()
    await source.close()
  }
}

async function goToMoment(executor: Executor, at: string | undefined): Promise<string | null> {
  const { timeline } = await executor.query(timelineDocument, {})
  const { mode, fromMs, toMs, loop, title } = timeline
  if (mode === 'live' || fromMs === null || toMs === null) return null
  const last = Math.max(fromMs, loop === true ? toMs - beforeLoopMs : toMs)
  const positionMs = at === undefined ? last : Date.parse(at)
  await executor.query(seekDocument, { positionMs })
  const moment = new Date(positionMs).toISOString()
  note(`Recorded: ${title ?? 'untitled'}, at ${moment}.`)
  return moment
}
