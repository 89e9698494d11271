import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Runs the benchmarks, each in a process of its own, one after the other; with
 * arguments only those whose file name contains one. Every line is a ratio.
 */
const folder = import.meta.dirname
const wanted = process.argv.slice(2)
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .toSorted()
if (files.length === 0) {
  console.error(`No benchmark's file name contains ${wanted.join(' or ')}.`)
  process.exitCode = 2
}
for (const file of files) {
  const { status } = spawnSync(process.execPath, [join(folder, file)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
