/** Fails when the committed GraphQL types are not what `npm run codegen` makes of the schema. */
import { mkdtempSync, readFileSync, rmSync, cpSync, globSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './run.ts'

const pattern = '{main,renderer}/**/generated/**/*.ts'
const before = globSync(pattern, { cwd: root }).filter((file) => !file.includes('node_modules'))
if (before.length === 0) {
  console.error('No generated files found: run `npm run codegen` and commit the result.')
  process.exit(1)
}
const kept = mkdtempSync(join(tmpdir(), 'smm-generated-'))
for (const file of before) cpSync(join(root, file), join(kept, file))
const { code, output } = await run('graphql-codegen', ['--config', 'codegen.ts'])
const after = globSync(pattern, { cwd: root }).filter((file) => !file.includes('node_modules'))
const stale = [...new Set([...before, ...after])].filter((file) => {
  if (!before.includes(file) || !after.includes(file)) return true
  return !readFileSync(join(root, file)).equals(readFileSync(join(kept, file)))
})
for (const file of before) cpSync(join(kept, file), join(root, file))
rmSync(kept, { recursive: true })
if (code !== 0) console.error(output)
for (const file of stale)
  console.error(`${file} is stale: run \`npm run codegen\` and commit the result`)
process.exit(code !== 0 || stale.length > 0 ? 1 : 0)
