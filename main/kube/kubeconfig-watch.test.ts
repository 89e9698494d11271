import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchFiles } from './kubeconfig-watch.ts'

let folder = ''
let stop: (() => void) | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-watch-'))
})
afterEach(() => {
  stop?.()
  rmSync(folder, { recursive: true, force: true })
})

/** Resolves at the next call back, and counts them all. */
function watching(files: string[]) {
  const calls = { count: 0, next: Promise.withResolvers<void>() }
  stop = watchFiles(files, () => {
    calls.count++
    calls.next.resolve()
    calls.next = Promise.withResolvers()
  })
  return calls
}

// Slow only where the system has no watches left, and files are polled.
const patience = 20_000

test(
  'a file that is made, changed, replaced and removed is noticed each time',
  { timeout: patience },
  async () => {
    const file = join(folder, 'config')
    const calls = watching([file])
    for (const change of [
      () => writeFileSync(file, 'made'),
      () => writeFileSync(file, 'changed'),
      () => {
        writeFileSync(join(folder, 'new'), 'replaced')
        renameSync(join(folder, 'new'), file)
      },
      () => rmSync(file),
    ]) {
      const { promise } = calls.next
      change()
      await promise
    }
    expect(calls.count).toBeGreaterThanOrEqual(4)
  },
)

test('a link is noticed when what it leads to changes', { timeout: patience }, async () => {
  mkdirSync(join(folder, 'elsewhere'))
  const target = join(folder, 'elsewhere', 'real')
  writeFileSync(target, 'one')
  mkdirSync(join(folder, 'kube'))
  symlinkSync(target, join(folder, 'kube', 'config'))
  const calls = watching([join(folder, 'kube', 'config')])
  const { promise } = calls.next
  writeFileSync(target, 'two')
  await promise
  expect(calls.count).toBeGreaterThanOrEqual(1)
})

test('a file whose folder is only made later is noticed too', { timeout: patience }, async () => {
  const file = join(folder, 'later', 'config')
  const calls = watching([file])
  const { promise } = calls.next
  mkdirSync(join(folder, 'later'))
  writeFileSync(file, 'made')
  await promise
})
