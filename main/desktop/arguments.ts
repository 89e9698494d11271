/** Source flags of the command line that go on to the backend; the same names as in the CLI. */
const withValue = new Set(['--kubeconfig', '--context', '--recording', '--prometheus'])
const alone = new Set(['--sample', '--allow-exec'])

/**
 * Picks the source flags out of a command line, leaving out what Electron and
 * Chromium put there (paths, switches).
 */
export function sourceFlags(argv: readonly string[]): readonly string[] {
  return argv.flatMap((argument, index) => {
    const [name = '', value] = argument.split(/=(.*)/s)
    if (alone.has(argument)) return [argument]
    if (!withValue.has(name)) return []
    const given = value ?? argv[index + 1]
    return given === undefined ? [] : [name, given]
  })
}
