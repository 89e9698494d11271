import { stringify } from 'yaml'

/** How a command prints its answer. */
export type OutputFormat = 'table' | 'json' | 'yaml'

/** The formats, the default first. */
export const outputFormats: readonly OutputFormat[] = ['table', 'json', 'yaml']

/** The answer in the wanted format, ending in a newline; `table` draws it for people. */
export function formatted<T>(
  answer: T,
  format: OutputFormat,
  table: (answer: T) => string,
): string {
  if (format === 'json') return `${JSON.stringify(answer, null, 2)}\n`
  if (format === 'yaml') return stringify(answer, { aliasDuplicateObjects: false, lineWidth: 0 })
  return table(answer)
}

/** Writes to stdout and settles when it is out, so that the process may end. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()))
}

/** Progress, warnings and errors: never on stdout, which holds only the answer. */
export function note(text: string): void {
  process.stderr.write(`${plain(text)}\n`)
}

/** Text without characters that move the cursor or change a terminal; names come from clusters. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n' ? character : '\uFFFD',
  )
}
