import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What only tests may do: as root, Chromium has no sandbox to offer. */
export const sandboxFlags: readonly string[] =
  process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu']

/** A home folder and the environment of an app that must leave nothing behind. */
export function privateHome(): { readonly env: Record<string, string>; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'smm-e2e-'))
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return {
    env: {
      ...Object.fromEntries(inherited),
      SMM_HOME: join(home, 'smm'),
      XDG_CONFIG_HOME: join(home, 'config'),
      KUBECONFIG: join(home, 'none'),
      SMM_NODE: process.execPath,
      ELECTRON_DISABLE_SECURITY_WARNINGS: '1',
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/**
 * Starts a program that prints its DevTools address (Chromium's
 * `--remote-debugging-port=0`) and waits for it.
 */
export async function startDebuggable(
  executable: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ readonly child: ChildProcess; readonly endpoint: string }> {
  const child = spawn(executable, ['--remote-debugging-port=0', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const endpoint = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`The app ended with code ${code}: ${said}`)))
  })
  return { child, endpoint }
}
