/**
 * `npm run build`: everything that is run bundled, into `out/`:
 * `renderer/` (the pages), `backend/` (server and CLI, ESM for Node ≥ 22.19),
 * `desktop/` (Electron's main process and preload, CommonJS for old and new Electron).
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode, root } from './run.ts'

const stamp = join(root, 'out/.built-from')
const inputs =
  '{main,preload,renderer,resources}/**/*,package.json,package-lock.json,vite.config.ts,scripts/build.ts'

/** A digest of every file a build is made from. */
function digest(): string {
  const hash = createHash('sha256')
  for (const pattern of inputs.split(/,(?![^{]*\})/)) {
    for (const entry of globSync(pattern, { cwd: root, withFileTypes: true }).sort((a, b) =>
      join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
    )) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0')
    }
  }
  return hash.digest('hex')
}

/** Builds everything, or nothing when `out/` was made from these very sources. Returns whether it built. */
export async function buildMissing(): Promise<boolean> {
  const wanted = digest()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false
  await build()
  writeFileSync(stamp, wanted)
  return true
}

async function build(): Promise<void> {
  // Loaded here, so that an up-to-date start pays for neither bundler.
  const [{ build: viteBuild }, { build: bundle }] = await Promise.all([
    import('vite'),
    import('rolldown'),
  ])
  rmSync(join(root, 'out'), { recursive: true, force: true })
  await Promise.all([
    viteBuild({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' }),
    bundle({
      cwd: root,
      input: { backend: 'main/cli/backend.ts', smm: 'main/cli/index.ts' },
      platform: 'node',
      logLevel: 'warn',
      moduleTypes: { '.graphql': 'text' },
      output: {
        dir: 'out/backend',
        format: 'esm',
        entryFileNames: '[name].mjs',
        chunkFileNames: '[name]-[hash].mjs',
      },
    }),
    ...(['main/desktop/main.ts', 'preload/index.ts'] as const).map((input) =>
      bundle({
        cwd: root,
        input,
        platform: 'node',
        external: ['electron'],
        logLevel: 'warn',
        transform: { target: input.startsWith('preload') ? 'chrome108' : 'node16' },
        output: {
          file: input.startsWith('preload') ? 'out/desktop/preload.cjs' : 'out/desktop/main.cjs',
          format: 'cjs',
        },
      }),
    ),
  ])
}

if (import.meta.main) {
  requireNode()
  const began = performance.now()
  const built = await buildMissing()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(built ? `Built out/ in ${seconds} s.` : 'out/ is up to date.')
}
