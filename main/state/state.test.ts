import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeFolder, openState } from './index.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'smm-state-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('the home is SMM_HOME, else the platform user-data folder', () => {
  expect(homeFolder({ SMM_HOME: '/x' }, 'linux')).toBe('/x')
  expect(homeFolder({ HOME: '/h' }, 'linux')).toBe('/h/.local/share/smm')
  expect(homeFolder({ HOME: '/h', XDG_DATA_HOME: '/d' }, 'linux')).toBe('/d/smm')
  expect(homeFolder({ HOME: '/h' }, 'darwin')).toBe('/h/Library/Application Support/smm')
})

test('home and run folder are private', () => {
  const state = openState({ home })
  expect(statSync(home).mode & 0o777).toBe(0o700)
  expect(statSync(state.runFolder).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, 'state.db')).mode & 0o777).toBe(0o600)
  state.close()
})

test('settings keep what was saved, one by one, and refuse nonsense', () => {
  const first = openState({ home })
  expect(first.settings().contexts).toBeNull()
  first.saveSettings({ contexts: ['a'] })
  first.saveSettings({ prometheus: [{ context: null, url: 'http://p:9090' }] })
  expect(() =>
    first.saveSettings({ prometheus: [{ context: null, url: 'file:///etc/passwd' }] }),
  ).toThrow(/settings were not saved/)
  const second = openState({ home })
  expect(second.settings()).toMatchObject({
    contexts: ['a'],
    prometheus: [{ context: null, url: 'http://p:9090' }],
  })
  first.close()
  second.close()
})

test('one unreadable setting leaves the others alone and is told of', () => {
  openState({ home }).close()
  const db = new DatabaseSync(join(home, 'state.db'))
  db.exec(`INSERT INTO setting VALUES ('contexts', '{torn'), ('kubeconfigs', '["/k"]')`)
  db.close()
  const problems: string[] = []
  const state = openState({ home, onProblem: (problem) => problems.push(problem) })
  expect(state.settings()).toMatchObject({ contexts: null, kubeconfigs: ['/k'] })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain('setting contexts')
  state.close()
})

test('contexts are locked until unlocked, exec plugins untrusted until trusted as they are', () => {
  const state = openState({ home })
  expect(state.contextLock('a')).toEqual({ locked: true, production: false })
  state.setContextLock('a', { locked: false })
  state.setContextLock('a', { production: true })
  expect(state.contextLock('a')).toEqual({ locked: false, production: true })
  expect(state.execTrusted('a', 'd1')).toBe(false)
  state.trustExec('a', 'd1')
  expect(state.execTrusted('a', 'd1')).toBe(true)
  expect(state.execTrusted('a', 'd2')).toBe(false)
  state.close()
})

test('a writer killed at any moment loses nothing it acknowledged', async () => {
  const script = `
    import { openState } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const state = openState({ home: ${JSON.stringify(home)} })
    for (let i = 0; ; i++) { state.saveSettings({ contexts: ['c' + i] }); process.stdout.write(i + '\\n') }
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > 20) child.kill('SIGKILL')
    })
    child.on('close', () => resolve())
  })
  const acknowledged = output.split('\n').filter(Boolean).length - 1
  const state = openState({ home })
  const saved = Number(state.settings().contexts?.[0]?.slice(1))
  expect(saved).toBeGreaterThanOrEqual(acknowledged)
  state.close()
})
