import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

/** One import written in one file. */
export interface Import {
  /** Importing file, relative to the repository root, with forward slashes. */
  readonly from: string
  /** The file it resolves to (relative to the root), or the package's specifier as written. */
  readonly to: string
  /** True where `to` is a file of this repository. */
  readonly local: boolean
  /** True for `import type` and `export type`: nothing is left of it at run time. */
  readonly typeOnly: boolean
}

/** An exported declaration that has no doc comment. */
export interface Undocumented {
  readonly file: string
  readonly line: number
  readonly name: string
}

/** What one source file imports, and what it exports without saying what it is. */
export interface Scan {
  readonly imports: readonly Import[]
  readonly undocumented: readonly Undocumented[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** Parses one TypeScript file. Raises the parser's error for a file that is not TypeScript. */
export function scanFile(root: string, file: string, source = readFileSync(file, 'utf8')): Scan {
  const from = relative(root, file).replaceAll('\\', '/')
  const program: unknown = parseAst(source, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file)
  const imports: Import[] = []
  const undocumented: Undocumented[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    const local = specifier.startsWith('.')
    const to = local
      ? relative(root, resolve(dirname(file), specifier.split('?')[0] ?? '')).replaceAll('\\', '/')
      : specifier
    imports.push({ from, to, local, typeOnly })
  }
  walk(program, (node) => {
    if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type)) {
      const specifier = literal(node['source'])
      if (specifier !== null) add(specifier, isTypeOnly(node))
    }
    if (node.type === 'ImportExpression') {
      const specifier = literal(node['source'])
      if (specifier !== null) add(specifier, false)
    }
    if (/^Export(Named|Default)Declaration$/.test(node.type) && isNode(node['declaration'])) {
      if (!source.slice(0, node.start).trimEnd().endsWith('*/')) {
        undocumented.push({
          file: from,
          line: source.slice(0, node.start).split('\n').length,
          name: declaredName(node['declaration']),
        })
      }
    }
  })
  return { imports, undocumented }
}

function isTypeOnly(node: Node): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true
  const specifiers = node['specifiers']
  return (
    node.type === 'ImportDeclaration' &&
    Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every(
      (specifier: unknown) => isNode(specifier) && specifier['importKind'] === 'type',
    )
  )
}

function declaredName(declaration: Node): string {
  const first: unknown = Array.isArray(declaration['declarations'])
    ? declaration['declarations'][0]
    : declaration
  const id = isNode(first) ? first['id'] : null
  return isNode(id) && typeof id['name'] === 'string' ? id['name'] : 'default'
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  else if (isNode(value)) {
    visit(value)
    for (const key in value) if (typeof value[key] === 'object') walk(value[key], visit)
  } else if (value !== null && typeof value === 'object' && 'body' in value) walk(value.body, visit)
}

function isNode(value: unknown): value is Node {
  return (
    value !== null && typeof value === 'object' && 'type' in value && typeof value.type === 'string'
  )
}

function literal(value: unknown): string | null {
  return isNode(value) && typeof value['value'] === 'string' ? value['value'] : null
}
