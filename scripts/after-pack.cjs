/** Removes Electron's default application, which a supplied build may carry: ours is the only one that ships. */
const { rmSync } = require('node:fs')
const { join } = require('node:path')

exports.default = ({ appOutDir }) => {
  rmSync(join(appOutDir, 'resources/default_app.asar'), { force: true })
}
