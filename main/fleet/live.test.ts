import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLiveFleet } from './live.ts'
import type { FleetSource } from './source.ts'

let folder = ''
let fleet: FleetSource | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-live-'))
})
afterEach(async () => {
  await fleet?.close()
  fleet = null
  rmSync(folder, { recursive: true, force: true })
})

const settings = { contexts: null, primaryContexts: {}, kubeconfigs: [] }

/** A kubeconfig of so many contexts of clusters that do not answer. */
function kubeconfig(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `c${index}`)
  return JSON.stringify({
    clusters: names.map((name) => ({ name, cluster: { server: `http://127.0.0.1:1/${name}` } })),
    contexts: names.map((name) => ({ name, context: { cluster: name } })),
  })
}

test('a kubeconfig that grows too large to choose from leaves the fleet as it is', async () => {
  const file = join(folder, 'config')
  writeFileSync(file, kubeconfig(2))
  const live = createLiveFleet({ kubeconfigs: [file], settings })
  fleet = live
  const told = new Promise<void>((resolve) => {
    live.subscribe(() => {
      if (live.snapshot().problems !== undefined) resolve()
    })
  })
  const users = { users: [{ user: {} }] }
  writeFileSync(file, JSON.stringify({ ...JSON.parse(kubeconfig(11)), ...users }))
  await told
  expect(live.snapshot().clusters.map(({ status }) => status.name)).toEqual(['c0', 'c1'])
})

test('a context that is not found is told with the files that could not be read', () => {
  const file = join(folder, 'missing')
  expect(() => createLiveFleet({ kubeconfigs: [file], contexts: ['east'], settings })).toThrow(
    /no context named east.*missing does not exist/,
  )
})
