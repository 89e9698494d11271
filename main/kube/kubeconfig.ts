import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import type { Cluster, User } from '@kubernetes/client-node'
import { parse } from 'yaml'
import type { z } from 'zod'
import {
  clusterSchema,
  contextSchema,
  fileSchema,
  named,
  userSchema,
  type execSchema,
} from './kubeconfig-schema.ts'

/** A program that a kubeconfig user entry wants run to get credentials. */
interface ExecPlugin {
  readonly command: string
  readonly args: readonly string[]
  /** Names and values the kubeconfig adds to its environment. */
  readonly env: readonly { readonly name: string; readonly value: string }[]
  /**
   * SHA-256 over command, arguments, environment and kubeconfig file: what the
   * user agreed to. Any change gives another digest, and asks again.
   */
  readonly digest: string
}

/** A context's cluster and user as `@kubernetes/client-node` takes them. */
export interface Access {
  readonly cluster: Cluster
  readonly user: User
}

/** One context of a kubeconfig, ready to connect or with the reason why it is not. */
export interface ContextEntry {
  readonly name: string
  /** The kubeconfig file that names it. */
  readonly file: string
  /** Address of the API server; null when the entry is broken. */
  readonly server: string | null
  /** Namespace of the context; null when it names none. */
  readonly namespace: string | null
  /** Two contexts with the same value surely lead to the same API server. */
  readonly endpointKey: string | null
  readonly exec: ExecPlugin | null
  readonly insecure: boolean
  /** Why it cannot be used, for a person; null when it can. */
  readonly error: string | null
  /** Changes whenever anything in it changes. */
  readonly digest: string
  /** How to dial and log in; holds secrets, is not enumerable, is never logged. */
  readonly access: Access | null
}

/** A file, or an entry of it, that could not be read; the others work. */
interface KubeconfigProblem {
  readonly file: string
  readonly reason: string
}

/** All contexts of several files, merged as kubectl does: the first file to name something wins. */
export interface Kubeconfig {
  readonly files: readonly string[]
  readonly contexts: readonly ContextEntry[]
  readonly currentContext: string | null
  readonly problems: readonly KubeconfigProblem[]
}

type Parsed<T> = { file: string; value: T } | { file: string; error: string }

/** The files to read: those given, else the `KUBECONFIG` list, else `~/.kube/config`. */
export function kubeconfigFiles(
  given: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const list =
    given.length > 0 ? given : (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file)
  if (list.length > 0) return [...new Set(list.map((file) => resolve(file)))]
  return [join(env['HOME'] || env['USERPROFILE'] || homedir(), '.kube', 'config')]
}

/**
 * Reads kubeconfig files. Never throws: a file that cannot be read is a
 * problem, a context that cannot work carries its error, all others work.
 * `mustExist` is false for the default file, whose absence is no problem.
 */
export function loadKubeconfig(
  files: readonly string[],
  { mustExist = true }: { mustExist?: boolean } = {},
): Kubeconfig {
  const problems: KubeconfigProblem[] = []
  const clusters = new Map<string, Parsed<z.infer<typeof clusterSchema>>>()
  const users = new Map<string, Parsed<z.infer<typeof userSchema>>>()
  const contexts = new Map<string, Parsed<z.infer<typeof contextSchema>>>()
  let currentContext: string | null = null

  for (const file of files) {
    const read = readYaml(file)
    if ('error' in read) {
      if (mustExist || !read.missing) problems.push({ file, reason: read.error })
      continue
    }
    const parsed = fileSchema.safeParse(read.value ?? {})
    if (!parsed.success) {
      problems.push({ file, reason: `is no kubeconfig: ${firstIssue(parsed.error)}` })
      continue
    }
    const problem = (reason: string): void => void problems.push({ file, reason })
    collect(file, parsed.data.clusters, 'cluster', clusterSchema, clusters, problem)
    collect(file, parsed.data.users, 'user', userSchema, users, problem)
    collect(file, parsed.data.contexts, 'context', contextSchema, contexts, problem)
    currentContext ??= parsed.data['current-context'] || null
  }

  return {
    files,
    currentContext,
    problems,
    contexts: [...contexts].map(([name, context]) => {
      if ('error' in context) return brokenContext(name, context.file, context.error)
      const cluster = clusters.get(context.value.cluster)
      const userName = context.value.user ?? ''
      const user = userName === '' ? { file: context.file, value: {} } : users.get(userName)
      const error = !cluster
        ? `no file defines its cluster "${context.value.cluster}"`
        : !user
          ? `no file defines its user "${userName}"`
          : 'error' in cluster
            ? `its cluster "${context.value.cluster}" in ${cluster.file}: ${cluster.error}`
            : 'error' in user
              ? `its user "${userName}" in ${user.file}: ${user.error}`
              : null
      if (error !== null || !cluster || !user || 'error' in cluster || 'error' in user) {
        return brokenContext(name, context.file, error ?? 'is broken')
      }
      return workingContext(name, context, cluster, user)
    }),
  }
}

function readYaml(file: string): { value: unknown } | { error: string; missing: boolean } {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return { error: 'does not exist', missing: true }
    return { error: `cannot be read (${code || String(error)})`, missing: false }
  }
  try {
    // Warnings would quote the file on stderr.
    return { value: parse(content, { logLevel: 'error' }) }
  } catch (error) {
    // Only what is wrong and where: what follows quotes the file, which may hold secrets.
    const message = error instanceof Error ? (error.message.split(/:?\n|: /)[0] ?? '') : ''
    return { error: `is no valid YAML: ${message}`, missing: false }
  }
}

function collect<T>(
  file: string,
  entries: readonly unknown[] | null | undefined,
  field: string,
  schema: z.ZodType<T>,
  into: Map<string, Parsed<T>>,
  problem: (reason: string) => void,
): void {
  for (const [index, entry] of (entries ?? []).entries()) {
    const outer = named(field).safeParse(entry)
    if (!outer.success) {
      problem(`${field}s[${index}] has no name and is left out`)
      continue
    }
    const name = String(outer.data['name'])
    if (into.has(name)) continue
    const inner = schema.safeParse(outer.data[field] ?? {})
    into.set(
      name,
      inner.success ? { file, value: inner.data } : { file, error: firstIssue(inner.error) },
    )
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'is not valid'
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

function brokenContext(name: string, file: string, error: string): ContextEntry {
  return {
    name,
    file,
    server: null,
    namespace: null,
    endpointKey: null,
    exec: null,
    insecure: false,
    error,
    digest: digestOf({ name, file, error }),
    access: null,
  }
}

function workingContext(
  name: string,
  context: { file: string; value: z.infer<typeof contextSchema> },
  cluster: { file: string; value: z.infer<typeof clusterSchema> },
  user: { file: string; value: z.infer<typeof userSchema> },
): ContextEntry {
  const beside = (file: string, path: string | undefined): string | undefined =>
    path === undefined ? undefined : isAbsolute(path) ? path : join(dirname(file), path)
  const server = cluster.value.server.replace(/\/+$/, '')
  const insecure = cluster.value['insecure-skip-tls-verify'] === true
  const caFile = beside(cluster.file, cluster.value['certificate-authority'])
  const tokenFile = beside(user.file, user.value.tokenFile)
  const provider = user.value['auth-provider']?.name
  const dialled: Cluster = {
    name: 'cluster',
    server,
    skipTLSVerify: insecure || server.startsWith('http:'),
    // Data wins over files, as in kubectl.
    ...given('caData', cluster.value['certificate-authority-data']),
    ...(cluster.value['certificate-authority-data'] ? {} : given('caFile', caFile)),
    ...given('tlsServerName', cluster.value['tls-server-name']),
    ...given('proxyUrl', cluster.value['proxy-url']),
  }
  const certData = user.value['client-certificate-data']
  const keyData = user.value['client-key-data']
  const login: User = {
    name: 'user',
    ...(certData
      ? { certData }
      : given('certFile', beside(user.file, user.value['client-certificate']))),
    ...(keyData ? { keyData } : given('keyFile', beside(user.file, user.value['client-key']))),
    // kubectl: a token file, which is read again when it changes, wins over a token.
    ...(tokenFile
      ? { authProvider: { name: 'tokenFile', config: { tokenFile } } }
      : given('token', user.value.token)),
    ...given('username', user.value.username),
    ...given('password', user.value.password),
    ...given('impersonateUser', user.value.as),
    ...(user.value.exec
      ? { exec: { ...user.value.exec, command: execCommand(user.file, user.value.exec.command) } }
      : {}),
  }
  const entry = {
    name,
    file: context.file,
    server,
    namespace: context.value.namespace ?? null,
    endpointKey: digestOf([
      server,
      caFile,
      cluster.value['certificate-authority-data'],
      cluster.value['tls-server-name'],
      cluster.value['proxy-url'],
    ]),
    exec: user.value.exec ? execPlugin(user.file, user.value.exec) : null,
    insecure,
    error: provider
      ? `uses the legacy auth-provider "${provider}", which Kubernetes removed; use an exec plugin or a token`
      : null,
    digest: digestOf([name, context, cluster, user]),
  }
  const access: Access = { cluster: dialled, user: login }
  return Object.defineProperty(entry, 'access', {
    value: access,
    enumerable: false,
  }) as ContextEntry
}

function given<K extends string>(field: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [field]: value } as Record<K, string>)
}

function execPlugin(file: string, exec: z.infer<typeof execSchema>): ExecPlugin {
  const plugin = {
    command: execCommand(file, exec.command),
    args: exec.args ?? [],
    env: exec.env ?? [],
  }
  return { ...plugin, digest: digestOf([file, plugin]) }
}

/** As kubectl: a command with a slash is relative to its kubeconfig, a bare one is looked up in PATH. */
function execCommand(file: string, command: string): string {
  return command.includes('/') && !isAbsolute(command) ? join(dirname(file), command) : command
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
