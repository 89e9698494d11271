/**
 * The programs of the rig, built or fetched once into the user's cache folder.
 * A build is found again by a hash of everything that went into it, so two
 * checkouts of one version share them, and a warm run needs no Go at all.
 */
import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../../../scripts/cache.ts'
import { MissingProgram, buildInto, goVersion, moduleFolder } from './build.ts'
import { withLock } from './lock.ts'
import { tools, type GoModuleTool, type Tool, type ToolName } from './table.ts'

export type { ToolName } from './table.ts'

/** How building is reported. */
export interface ToolOptions {
  /** Called with one line of text when a build starts, goes on, waits or ends. */
  readonly onProgress?: (line: string) => void
}

const platform = `${process.platform}-${process.arch}`
const table: Readonly<Record<ToolName, Tool>> = tools

/** Names of all tools. */
export const toolNames = Object.keys(tools) as ToolName[]

/**
 * Paths of the named programs, built where the cache lacks them. One build
 * runs at a time, across processes, with as many jobs as there are cores.
 * Throws with what to install where Go (or Python) is needed and missing.
 */
export async function ensureTools<N extends ToolName>(
  names: readonly N[],
  { onProgress = () => {} }: ToolOptions = {},
): Promise<Record<N, string>> {
  const paths: Partial<Record<N, string>> = {}
  let missing: { name: N; folder: string; tool: Tool }[] = []
  for (const name of new Set(names)) {
    const found = assetOf(name) ?? (await lookUp(name))
    if (typeof found === 'string') paths[name] = found
    else missing.push({ name, ...found })
  }
  if (missing.length > 0)
    await withLock(
      cacheDir('tools', 'build.lock'),
      () => onProgress('another process is building tools; waiting for it'),
      async () => {
        missing = missing.filter(({ name, folder }) => {
          const path = join(folder, name)
          if (existsSync(path)) paths[name] = path
          return !existsSync(path)
        })
        for (const [index, { name, folder, tool }] of missing.entries()) {
          const left = missing.slice(index).reduce((sum, next) => sum + next.tool.coldSeconds, 0)
          const count = `${index + 1} of ${missing.length}`
          const estimate = `all that is left takes up to ${minutes(left)} when no Go build is cached`
          onProgress(`building ${name} (${count}; ${estimate})`)
          paths[name] = await buildOne(name, tool, folder, onProgress)
        }
      },
    )
  return paths as Record<N, string>
}

/** Path of what was kept beside a tool, such as kwok's stages. `path` is what `ensureTools` gave. */
export function toolFile(path: string, ...parts: readonly string[]): string {
  return join(path, '..', ...parts)
}

async function buildOne(
  name: ToolName,
  tool: Tool,
  folder: string,
  onProgress: (line: string) => void,
): Promise<string> {
  const partial = cacheDir('tools', `.partial-${randomUUID()}`)
  const started = performance.now()
  const elapsed = (): string => `${Math.round((performance.now() - started) / 1000)} s`
  const heartbeat = setInterval(
    () => onProgress(`still building ${name} after ${elapsed()}`),
    30_000,
  )
  try {
    await buildInto(partial, name, tool)
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
    onProgress(`built ${name} in ${elapsed()}`)
    return join(folder, name)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `cannot build ${name}: ${reason}`
    throw error instanceof MissingProgram ? new MissingProgram(message) : new Error(message)
  } finally {
    clearInterval(heartbeat)
    rmSync(partial, { recursive: true, force: true })
  }
}

/** The path of a cached build, or the folder where it has to go. */
async function lookUp(name: ToolName): Promise<string | { folder: string; tool: Tool }> {
  const tool: Tool = table[name]
  const base = `${name}-${sourceHash(tool)}`
  const go = tool.kind === 'wheel' ? 'wheel' : await goVersion(tool)
  if (go === null) {
    const path = newest(base, name)
    if (path !== null) return path
  }
  const folder = cacheDir('tools', `${base}-${go ?? 'go'}-${platform}`)
  const path = join(folder, name)
  return existsSync(path) ? path : { folder, tool }
}

/** Hash of everything but the Go release that goes into a build. */
function sourceHash(tool: Tool): string {
  const hash = createHash('sha256').update(JSON.stringify(tool))
  if (tool.kind === 'go-module')
    for (const file of ['go.mod', 'go.sum', ...ownSources(tool)])
      hash.update('\0').update(readFileSync(join(moduleFolder(tool), file)))
  return hash.digest('hex').slice(0, 16)
}

/** Go files of a main package that lies in our own module. */
function ownSources(tool: GoModuleTool): string[] {
  if (!tool.package.startsWith('./')) return []
  return readdirSync(join(moduleFolder(tool), tool.package))
    .filter((file) => file.endsWith('.go'))
    .sort()
    .map((file) => join(tool.package, file))
}

/** Without Go its release cannot be asked for: the newest build from these sources will do. */
function newest(base: string, name: string): string | null {
  const root = cacheDir('tools')
  mkdirSync(root, { recursive: true })
  const found = readdirSync(root)
    .filter((entry) => entry.startsWith(`${base}-`) && entry.endsWith(`-${platform}`))
    .map((entry) => join(root, entry, name))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  return found[0] ?? null
}

/** etcd and kube-apiserver from where Go's envtest convention says, when it says so. */
function assetOf(name: ToolName): string | null {
  const folder = process.env['KUBEBUILDER_ASSETS']
  if (folder === undefined || (name !== 'etcd' && name !== 'kube-apiserver')) return null
  const path = join(folder, name)
  return existsSync(path) ? path : null
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
