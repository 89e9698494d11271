import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { exitCodeFor } from './exit.ts'
import { createProgram } from './program.ts'

let stdout = ''
let stderr = ''

beforeEach(() => {
  stdout = stderr = ''
  // Windows of a terminal would wrap help differently.
  vi.stubEnv('COLUMNS', '200')
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, done?: unknown) => {
    stdout += String(text)
    if (typeof done === 'function') (done as () => void)()
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Runs a command line to its exit code; what it threw, in words, is added to stderr. */
async function smm(...args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    stderr += error instanceof Error ? error.message : ''
    return exitCodeFor(error)
  }
}

const wrong: readonly (readonly [message: RegExp, ...args: string[]])[] = [
  [/unknown command 'grpah'.*graph/s, 'grpah'],
  [/unknown option '--frob'/, 'fleet', '--frob'],
  [/Allowed choices are table, json, yaml/, 'fleet', '-o', 'xml'],
  [/Write it as 60s/, 'graph', '--window', '1s'],
  [/Write it as 2026/, 'graph', '--at', 'yesterday'],
  [/Allowed choices are workload, app/, 'graph', '--by', 'pod'],
  [/http:\/\/host:9090/, 'graph', '--prometheus', 'east'],
  [/--sample and --recording exclude each other/, 'fleet', '--sample', '--recording', 'x'],
  [/exclude each other/, 'graph', '--sample', '--context', 'east'],
  [/exclude each other/, 'graph', '--recording', 'x', '--prometheus', 'http://p'],
  [/Allowed choices are bash, zsh, fish/, 'completion', 'tcsh'],
]

for (const [message, ...args] of wrong) {
  test(`wrong usage ends with 2: smm ${args.join(' ')}`, async () => {
    expect(await smm(...args)).toBe(2)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
  })
}

test('an address that is not understood is quoted without its password', async () => {
  expect(await smm('graph', '--prometheus', 'http://me:s3cret@host:99999')).toBe(2)
  const said = vi.mocked(process.stderr.write).mock.calls.join('')
  expect(said).toMatch(/host:99999/)
  expect(said).not.toContain('s3cret')
})

test('every command has help with examples', async () => {
  const names = createProgram().commands.map((command) => command.name())
  expect(names).toEqual(['fleet', 'graph', 'dashboard', 'version', 'schema', 'completion'])
  for (const name of ['', ...names]) {
    stdout = ''
    expect(await smm(...[name, '--help'].filter(Boolean))).toBe(0)
    expect(stdout, name).toContain('Examples:')
  }
})

test('--version is answered, as everywhere', async () => {
  expect(await smm('--version')).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('each shell gets a script that knows every command and flag', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    stdout = ''
    expect(await smm('completion', shell)).toBe(0)
    for (const word of ['dashboard', 'prometheus', 'namespace', 'workload app version service']) {
      expect(stdout, shell).toContain(word)
    }
  }
})

test('a named context whose login program may not run is refused, not left out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smm-cli-'))
  try {
    vi.stubEnv('SMM_HOME', join(folder, 'home'))
    const file = join(folder, 'config')
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: { exec: { command: join(folder, 'login') } } }],
        contexts: [{ name: 'east', context: { cluster: 'c', user: 'u' } }],
      }),
    )
    for (const command of ['fleet', 'graph']) {
      await smm(command, '--kubeconfig', file, '--context', 'east')
      expect(process.exitCode, command).toBe(4)
      process.exitCode = undefined
    }
  } finally {
    process.exitCode = undefined
    rmSync(folder, { recursive: true })
  }
})
