/** How one container's process is started: its file system, user, rights and namespaces. */
import { existsSync, realpathSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { ConfigMissing, expand } from './env.ts'
import type { Image } from './images.ts'

/** What {@link sandboxCommand} builds a command line from. */
export interface SandboxInput {
  readonly pod: V1Pod
  readonly container: V1Container
  readonly image: Image
  readonly env: Readonly<Record<string, string>>
  /** Network namespace to run in. */
  readonly networkNamespace: string
  /** Folder of each volume by name. */
  readonly volumes: ReadonlyMap<string, string>
  /** Folder with the pod's `resolv.conf`, `hosts` and the like, mounted one by one into /etc. */
  readonly etc: string
}

const etcFiles = ['resolv.conf', 'hosts', 'hostname', 'passwd', 'group', 'nsswitch.conf']

const sharedEtc = ['ssl', 'alternatives', 'ld.so.cache', 'protocols', 'services']
  .map((name) => `/etc/${name}`)
  .filter((path) => existsSync(path))

/** What an image's base layers give: the machine's own programs and libraries, read-only. */
const base: readonly string[] = [
  ['/etc', '/var', '/var/lib', '/home'].map((path) => ['--dir', path]),
  ['--ro-bind', '/usr', '/usr', '--tmpfs', '/usr/local', '--ro-bind', '/sys', '/sys'],
  ['bin', 'sbin', 'lib', 'lib64'].map((name) => ['--symlink', `usr/${name}`, `/${name}`]),
  sharedEtc.map((path) => ['--ro-bind', path, path]),
  ['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run'],
].flat(2)

/** What container runtimes grant unless a pod says otherwise. */
const defaultCapabilities =
  'chown dac_override fsetid fowner mknod net_raw setgid setuid setfcap setpcap net_bind_service sys_chroot kill audit_write'.split(
    ' ',
  )

/** The command line that starts the container; its environment is given to the process itself. */
export function sandboxCommand(input: SandboxInput): string[] {
  const { pod, container, image, env, networkNamespace, etc } = input
  const command = [...(container.command ?? image.entrypoint), ...(container.args ?? [])]
  return [
    'nsenter',
    `--net=/run/netns/${networkNamespace}`,
    '--',
    'bwrap',
    '--die-with-parent',
    '--unshare-pid',
    '--as-pid-1',
    '--unshare-ipc',
    '--unshare-uts',
    '--hostname',
    (pod.spec?.hostname ?? pod.metadata?.name ?? 'pod').slice(0, 63),
    '--info-fd',
    '3',
    ...base,
    ...parents([...Object.keys(image.files), ...mountPaths(container)]),
    ...etcFiles.flatMap((name) => ['--ro-bind', join(etc, name), `/etc/${name}`]),
    ...Object.entries(image.files).flatMap(([path, from]) => ['--ro-bind', from, path]),
    ...mounts(input),
    ...(container.securityContext?.readOnlyRootFilesystem === true ? ['--remount-ro', '/'] : []),
    '--chdir',
    container.workingDir ?? '/',
    '--',
    ...userCommand(input),
    ...command.map((argument) => expand(argument, env)),
  ]
}

/** Folders above what is mounted: bwrap would make them for root alone. */
function parents(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const names = path.split('/').slice(1, -1)
    return names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)
  })
  const given = /^\/(usr(?!\/local)|bin|sbin|lib|lib64|proc|dev|sys)(\/|$)/
  return [...new Set(folders)]
    .filter((folder) => !given.test(folder))
    .flatMap((folder) => ['--dir', folder])
}

function mountPaths({ volumeMounts = [] }: V1Container): string[] {
  return volumeMounts.map(({ mountPath }) => normalize(mountPath))
}

function mounts({ container, volumes, env }: SandboxInput): string[] {
  return [...(container.volumeMounts ?? [])]
    .sort((a, b) => a.mountPath.length - b.mountPath.length)
    .flatMap(({ name, mountPath, readOnly, subPath, subPathExpr }) => {
      const folder = volumes.get(name)
      if (folder === undefined) throw new ConfigMissing(`volume "${name}" is not in the pod`)
      const below = subPath ?? (subPathExpr === undefined ? '' : expand(subPathExpr, env))
      const from = join(folder, normalize(`/${below}`))
      if (!existsSync(from)) throw new ConfigMissing(`volume "${name}" has no ${below}`)
      // A projected file is a link that only resolves inside its volume.
      const source = below === '' ? from : realpathSync(from)
      return [readOnly === true ? '--ro-bind' : '--bind', source, normalize(mountPath)]
    })
}

/** Switches user, group and capabilities as the pod's security contexts say. */
function userCommand({ pod, container, image }: SandboxInput): string[] {
  const own = container.securityContext
  const all = pod.spec?.securityContext
  const user = own?.runAsUser ?? all?.runAsUser ?? image.user ?? 0
  const group = own?.runAsGroup ?? all?.runAsGroup ?? (user === 0 ? 0 : user)
  const groups = [...new Set([all?.fsGroup ?? group, ...(all?.supplementalGroups ?? [])])]
  if (user === 0 && (own?.runAsNonRoot ?? all?.runAsNonRoot) === true)
    throw new ConfigMissing('container has runAsNonRoot and image will run as root')
  return [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${group}`,
    `--groups=${groups.join()}`,
    ...(own?.privileged === true ? [] : [`--bounding-set=${capabilities(container)}`]),
    ...(own?.allowPrivilegeEscalation === false ? ['--no-new-privs'] : []),
    '--',
  ]
}

/** Capabilities the process may ever have, as setpriv wants them. */
function capabilities(container: V1Container): string {
  const { add = [], drop = [] } = container.securityContext?.capabilities ?? {}
  const plain = (name: string): string => name.toLowerCase().replace(/^cap_/, '')
  const granted = new Set(drop.map(plain).includes('all') ? [] : defaultCapabilities)
  for (const name of drop) granted.delete(plain(name))
  for (const name of add) granted.add(plain(name))
  return ['-all', ...[...granted].map((name) => `+${name}`)].join()
}
