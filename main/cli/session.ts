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
 * recording it sees the last moment, or the one the user named.
 */
export async function withExecutor(
  flags: SourceFlags & { readonly at?: string },
  run: (executor: Executor) => Promise<ExitCode>,
): Promise<ExitCode> {
  const source = await selectSource(flags, { app: false, onNotice: note })
  const executor = createExecutor(source, { logger: createLogger() })
  try {
    await goToMoment(executor, flags.at)
    return await run(executor)
  } finally {
    executor.close()
    await source.close()
  }
}

async function goToMoment(executor: Executor, at: string | undefined): Promise<void> {
  const { timeline } = await executor.query(timelineDocument, {})
  const { mode, fromMs, toMs, loop, title } = timeline
  if (mode === 'live' || fromMs === null || toMs === null) return
  const last = Math.max(fromMs, loop === true ? toMs - beforeLoopMs : toMs)
  const positionMs = at === undefined ? last : Date.parse(at)
  await executor.query(seekDocument, { positionMs })
  note(`Recorded: ${title ?? 'untitled'}, at ${new Date(positionMs).toISOString()}.`)
}
