import { Command } from 'commander'
import { startServer } from '../graphql/index.ts'
import { createLogger, withoutCredentials } from '../state/index.ts'
import { addSourceFlags, type SourceFlags } from './flags.ts'
import { uiFolder } from './paths.ts'
import { parentPort } from './parent.ts'
import { note } from './print/output.ts'
import { selectSource } from './source.ts'

/**
 * Entry of the desktop app's backend process. Takes the CLI's source flags;
 * posts `{type: 'ready', url, code}` once it serves, or `{type: 'error',
 * message}` and ends; answers `{type: 'code'}` with `{type: 'code', code}`.
 * Ends when the app does.
 */
async function main(): Promise<void> {
  const parent = parentPort()
  try {
    const command = addSourceFlags(new Command('backend')).exitOverride().parse()
    const source = await selectSource(command.opts<SourceFlags>(), { app: true, onNotice: note })
    const server = await startServer({ source, uiDir: uiFolder, logger: createLogger() })
    const stop = () => {
      const closed = server.close().then(() => source.close())
      closed.finally(() => process.exit(0)).catch(() => process.exit(1))
    }
    parent.onEnd(stop)
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
    parent.onMessage((message) => {
      if (asksForCode(message)) parent.post({ type: 'code', code: server.issueCode() })
    })
    parent.post({ type: 'ready', url: server.url, code: server.issueCode() })
  } catch (error) {
    const message = withoutCredentials(error instanceof Error ? error.message : String(error))
    note(`backend: ${message}`)
    parent.post({ type: 'error', message })
    // Time for the message to leave.
    setTimeout(() => process.exit(1), 100)
  }
}

function asksForCode(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'code'
  )
}

await main()
