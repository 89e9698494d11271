/**
 * What `electron PATH` needs and the test Electron's source lacks: loads the
 * application given on the command line (`-r MODULE` first, as Playwright does).
 */
const { app } = require('electron')
const { resolve } = require('node:path')
const { readFileSync } = require('node:fs')

const rest = process.argv.slice(1)
const modules = []
let target = null
while (rest.length > 0) {
  const argument = rest.shift()
  if (argument === '-r' || argument === '--require') modules.push(rest.shift())
  else if (argument === '--version' || argument === '-v') {
    console.log(`v${process.versions.electron}`)
    process.exit(0)
  } else if (!argument.startsWith('-')) {
    target = resolve(argument)
    break
  }
}
for (const file of modules) require(resolve(file))
if (target === null) process.exit(2)
const manifest = JSON.parse(readFileSync(resolve(target, 'package.json'), 'utf8'))
app.setName(manifest.productName ?? manifest.name)
app.setVersion(manifest.version)
app.setAppPath(target)
require(resolve(target, manifest.main))
