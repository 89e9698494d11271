import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { scanFile } from './imports.ts'
import { judge, rooms } from './rules.ts'

const root = resolve(import.meta.dirname, '../..')
const files = globSync('{main,preload,renderer,scripts,test}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|generated|out)(\/|$)/.test(path),
})
const scans = files.map((file) => scanFile(root, join(root, file)))
const seen = new Set(files.flatMap((file) => /^main\/([^/]+)\//.exec(file)?.[1] ?? []))
const violations = judge(scans.flatMap((scan) => scan.imports))
const undocumented = scans
  .flatMap((scan) => scan.undocumented)
  .filter((it) => !/\.test\.tsx?$|^(scripts|test)\//.test(it.file))

// A scan that saw nothing proves nothing: it must not pass.
if (files.length === 0 || seen.size < 2) {
  console.error(
    `room rules: scanned ${files.length} files in ${seen.size} rooms; that cannot be right`,
  )
  process.exit(1)
}
for (const { from, to, rule } of violations) console.error(`${from} → ${to}: ${rule}`)
for (const it of undocumented)
  console.error(`${it.file}:${it.line} ${it.name}: exported, no doc comment`)
if (violations.length + undocumented.length > 0) process.exit(1)
console.log(`room rules hold in ${files.length} files, ${seen.size} of ${rooms.size} rooms`)
