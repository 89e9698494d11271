import { describe, expect, it } from 'vitest'
import { scanFile } from './imports.ts'
import { judge } from './rules.ts'

const root = '/repo'

function violations(file: string, source: string): readonly string[] {
  return judge(scanFile(root, `${root}/${file}`, source).imports).map((it) => it.rule)
}

describe('the house rules', () => {
  it('let a room call what stands left of it, by its front door', () => {
    expect(violations('main/fleet/live.ts', "import { a } from '../prom/index.ts'")).toEqual([])
    expect(violations('main/cli/graph.ts', "import { a } from '../graphql/index.ts'")).toEqual([])
  })

  it.each([
    ['main/prom/client.ts', "import { a } from '../kube/index.ts'", /may not call main\/kube/],
    ['main/kube/watch.ts', "import { a } from '../fleet/index.ts'", /may not call main\/fleet/],
    ['main/fleet/live.ts', "import { a } from '../prom/client.ts'", /index\.ts only/],
    ['main/traffic/merge.ts', "import { a } from '../prom/index.ts'", /types only/],
    ['main/traffic/merge.ts', "import fs from 'node:fs'", /is pure/],
    ['main/prom/client.ts', "import k from '@kubernetes/client-node'", /no Kubernetes client/],
    ['main/graphql/server.ts', "import { app } from 'electron'", /only main\/desktop/],
    ['main/desktop/main.ts', "import { a } from '../graphql/index.ts'", /desktop imports state/],
    ['main/cli/x.ts', "import { a } from '../../test/rig/index.ts'", /not depend on its tests/],
    ['main/cli/x.ts', "await import('../../test/rig/index.ts')", /not depend on its tests/],
    ['main/attic/x.ts', "import fs from 'node:fs'", /not a room/],
    ['renderer/app/x.ts', "import { a } from '../../main/mesh/index.ts'", /nothing of main/],
    ['renderer/app/x.ts', "import { a } from '../../preload/desktop.ts'", /only the type/],
    ['renderer/app/x.ts', "import { Network } from 'vis-network'", /only renderer\/map/],
    ['renderer/app/x.ts', "import fs from 'node:fs'", /no Node/],
  ])('refuse %s: %s', (file, source, rule) => {
    expect(violations(file, source)).toEqual([expect.stringMatching(rule)])
  })

  it('let pure rooms import types of any room to their left', () => {
    const source = "import type { Table } from '../prom/index.ts'"
    expect(violations('main/traffic/merge.ts', source)).toEqual([])
  })
})

describe('the scan', () => {
  it('finds exports without a doc comment', () => {
    const source = '/** Said. */\nexport const a = 1\n\nexport function b() {}\n'
    expect(scanFile(root, `${root}/main/mesh/x.ts`, source).undocumented).toEqual([
      { file: 'main/mesh/x.ts', line: 4, name: 'b' },
    ])
  })
})
