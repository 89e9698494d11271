/**
 * `npm run pack`: the app as an unpacked folder in `dist/`, fuses set. Takes
 * Electron from its own download, or from `ELECTRON_OVERRIDE_DIST_PATH` for
 * tests (what is packed from that is never to be released).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'electron-builder'
import { buildMissing } from './build.ts'
import { requireNode, root } from './run.ts'

requireNode()
await buildMissing()
const supplied = process.env['ELECTRON_OVERRIDE_DIST_PATH']
const electron =
  supplied === undefined
    ? {}
    : {
        electronDist: supplied,
        electronVersion: readFileSync(join(supplied, 'version'), 'utf8').trim().replace(/^v/, ''),
      }
await build({ projectDir: root, dir: true, publish: 'never', config: electron })
if (supplied !== undefined) {
  console.error('Packed with a supplied Electron: for tests, not for release.')
}
