import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKubeClient, kubeconfigFiles, loadKubeconfig, type ContextEntry } from './index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smm-kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function context(files: string[], name: string): ContextEntry {
  const found = loadKubeconfig(files).contexts.find((entry) => entry.name === name)
  if (!found) throw new Error(`no context ${name}`)
  return found
}

const plain = `
apiVersion: v1
kind: Config
current-context: a
clusters:
- {name: c, cluster: {server: "https://one.example:6443/", certificate-authority: ca.crt}}
users:
- {name: u, user: {token: s3cret-token}}
contexts:
- {name: a, context: {cluster: c, user: u, namespace: shop}}
- {name: b, context: {cluster: c, user: u}}
`

test('files come from the argument, else KUBECONFIG, else the default file', () => {
  expect(kubeconfigFiles(['/x', '/y', '/x'], { KUBECONFIG: '/z' })).toEqual(['/x', '/y'])
  expect(kubeconfigFiles([], { KUBECONFIG: ['/p', '', '/q'].join(delimiter) })).toEqual([
    '/p',
    '/q',
  ])
  expect(kubeconfigFiles([], { HOME: '/home/me' })).toEqual(['/home/me/.kube/config'])
})

test('contexts carry server, namespace and files relative to their kubeconfig', () => {
  const entry = context([file('config', plain)], 'a')
  expect(entry).toMatchObject({
    server: 'https://one.example:6443',
    namespace: 'shop',
    error: null,
  })
  expect(entry.access?.cluster.caFile).toBe(join(folder, 'ca.crt'))
})

test('what is no YAML is never quoted', () => {
  for (const token of ['*s3cret', '"s3cret', '!s3cret x: y: z']) {
    const bad = file('bad', plain.replace('s3cret-token', token))
    expect(JSON.stringify(loadKubeconfig([bad]))).not.toContain('s3cret')
  }
})

test('an address that holds a password is refused, and never shown', () => {
  const withPassword = plain.replace('https://', 'https://admin:s3cret@')
  const entry = context([file('config', withPassword)], 'a')
  expect(entry.server).toBeNull()
  expect(entry.error).toMatch(/server: holds a user name or password/)
  expect(JSON.stringify(entry)).not.toContain('s3cret')
})

test('contexts that differ in user or namespace alone lead to one API server', () => {
  const { contexts } = loadKubeconfig([file('config', plain)])
  expect(contexts[0]?.endpointKey).toBe(contexts[1]?.endpointKey)
  expect(contexts[0]?.digest).not.toBe(contexts[1]?.digest)
})

test('of several files the first to name something wins, and entries may lie in different files', () => {
  const first = file('first', plain)
  const second = file(
    'second',
    `
current-context: z
clusters: [{name: c, cluster: {server: "https://other.example"}}]
contexts:
- {name: z, context: {cluster: c, user: u}}
- {name: a, context: {cluster: c, user: nobody}}
`,
  )
  const { contexts, currentContext, problems } = loadKubeconfig([first, second])
  expect(problems).toEqual([])
  expect(currentContext).toBe('a')
  expect(contexts.map(({ name }) => name)).toEqual(['a', 'b', 'z'])
  expect(contexts.every(({ server }) => server === 'https://one.example:6443')).toBe(true)
})

test('a broken file is reported, without its content, and the others work', () => {
  const broken = file('broken', 'users:\n- token: hunter2\n  {]')
  const list = file('list', '- just\n- a list\n')
  const missing = join(folder, 'missing')
  mkdirSync(join(folder, 'dir'))
  const { contexts, problems } = loadKubeconfig([
    broken,
    list,
    missing,
    join(folder, 'dir'),
    file('config', plain),
  ])
  expect(contexts.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(problems.map(({ file: at }) => at)).toEqual([broken, list, missing, join(folder, 'dir')])
  expect(problems[0]?.reason).toContain('no valid YAML')
  expect(JSON.stringify(problems)).not.toContain('hunter2')
  expect(problems[2]?.reason).toBe('does not exist')
})

test('an absent default file is no problem, an empty one is an empty fleet', () => {
  const options = { mustExist: false }
  expect(loadKubeconfig([join(folder, 'none')], options).problems).toEqual([])
  expect(loadKubeconfig([file('empty', '')]).contexts).toEqual([])
  expect(loadKubeconfig([file('null', 'contexts: null\nclusters:\n')]).problems).toEqual([])
})

test('a broken context says what is wrong with it, and the others work', () => {
  const path = file(
    'config',
    `
clusters:
- {name: c, cluster: {server: "https://ok.example"}}
- {name: nowhere, cluster: {}}
- {name: odd, cluster: {server: "ftp://files.example"}}
- {cluster: {server: "https://nameless.example"}}
users:
- {name: u}
- {name: old, user: {auth-provider: {name: gcp}}}
contexts:
- {name: good, context: {cluster: c, user: u}}
- {name: no-cluster, context: {cluster: missing, user: u}}
- {name: no-user, context: {cluster: c, user: missing}}
- {name: bad-server, context: {cluster: nowhere, user: u}}
- {name: bad-scheme, context: {cluster: odd, user: u}}
- {name: legacy, context: {cluster: c, user: old}}
- {name: 42, context: {cluster: c, user: u}}
`,
  )
  const { contexts, problems } = loadKubeconfig([path])
  const errors = Object.fromEntries(contexts.map(({ name, error }) => [name, error]))
  expect(errors).toMatchObject({ good: null, '42': null })
  expect(errors['no-cluster']).toContain('no file defines its cluster "missing"')
  expect(errors['no-user']).toContain('no file defines its user "missing"')
  expect(errors['bad-server']).toContain('server')
  expect(errors['bad-scheme']).toContain('server')
  expect(errors['legacy']).toContain('auth-provider "gcp"')
  expect(problems).toEqual([{ file: path, reason: 'clusters[3] has no name and is left out' }])
})

test('nothing secret is enumerable in an entry', () => {
  const entry = context([file('config', plain)], 'a')
  expect(entry.access?.user.token).toBe('s3cret-token')
  expect(JSON.stringify(entry)).not.toContain('s3cret-token')
})

const withExec = (args: string): string => `
clusters: [{name: c, cluster: {server: "https://one.example"}}]
users:
- name: u
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: ${args}}}
contexts: [{name: a, context: {cluster: c, user: u}}]
`

test('an exec plugin is known by what would run, and any change makes it another', () => {
  const one = context([file('config', withExec('[get-token]'))], 'a')
  const same = context([file('config', withExec('[get-token]'))], 'a')
  const other = context([file('config', withExec('[get-token, --force]'))], 'a')
  expect(one.exec).toMatchObject({ command: join(folder, 'login'), args: ['get-token'] })
  expect(same.exec?.digest).toBe(one.exec?.digest)
  expect(other.exec?.digest).not.toBe(one.exec?.digest)
})

test('an exec plugin does not run unless allowed', async () => {
  const marker = join(folder, 'ran')
  file('login', `#!/bin/sh\ntouch ${marker}\nexit 1\n`)
  const client = createKubeClient(context([file('config', withExec('[]'))], 'a'))
  await expect(client.getJson('/version')).rejects.toThrow(/not allowed to run/)
  await client.close()
  const { existsSync } = await import('node:fs')
  expect(existsSync(marker)).toBe(false)
})

test('a token file is read when dialling, not when the kubeconfig is loaded', () => {
  const path = file(
    'config',
    `
clusters: [{name: c, cluster: {server: "https://one.example"}}]
users: [{name: u, user: {tokenFile: not/there/yet}}]
contexts: [{name: a, context: {cluster: c, user: u}}]
`,
  )
  const user = context([path], 'a').access?.user
  expect(user?.token).toBeUndefined()
  expect(user?.authProvider).toMatchObject({
    config: { tokenFile: join(folder, 'not/there/yet') },
  })
})
