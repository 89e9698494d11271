import { spawn } from 'node:child_process'

/** Opens an address in the user's browser; false where there is no way to. */
export function openBrowser(address: string): Promise<boolean> {
  const [program, ...args] = opener(process.platform)
  return new Promise((resolve) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    // A browser that this starts itself stays; it opened.
    setTimeout(() => resolve(true), startMs).unref()
    child.unref()
  })
}

const startMs = 3000

function opener(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open']
  // No shell: `start` would read the address as a command line.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return ['xdg-open']
}
