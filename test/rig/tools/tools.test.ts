import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureTools } from './index.ts'
import { withLock } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-tools-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('without Go and without a cached build it says what to install and for what', async () => {
  vi.stubEnv('SMM_CACHE', folder)
  vi.stubEnv('PATH', folder)
  vi.stubEnv('KUBEBUILDER_ASSETS', undefined)
  await expect(ensureTools(['etcd'])).rejects.toThrow(/cannot build etcd: .*install Go 1\.26/)
})

test("Go's envtest folder is asked first, for the two programs it holds", async () => {
  vi.stubEnv('SMM_CACHE', folder)
  vi.stubEnv('PATH', folder)
  const assets = join(folder, 'assets')
  mkdirSync(assets)
  for (const name of ['etcd', 'kube-apiserver', 'kwok']) writeFileSync(join(assets, name), '')
  vi.stubEnv('KUBEBUILDER_ASSETS', assets)
  expect(await ensureTools(['etcd', 'kube-apiserver'])).toEqual({
    etcd: join(assets, 'etcd'),
    'kube-apiserver': join(assets, 'kube-apiserver'),
  })
  await expect(ensureTools(['kwok'])).rejects.toThrow(/cannot build kwok/)
})

test('work under one lock never overlaps, and a failure frees it', async () => {
  const path = join(folder, 'lock')
  let inside = 0
  let waited = 0
  const work = async (): Promise<void> => {
    expect(++inside).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    inside--
  }
  await expect(
    withLock(
      path,
      () => {},
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no')
  await Promise.all([1, 2].map(() => withLock(path, () => waited++, work)))
  expect(waited).toBe(1)
})
