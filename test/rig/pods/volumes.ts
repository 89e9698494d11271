/** A pod's volumes as folders on this machine, filled as a kubelet fills them. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import type {
  V1ConfigMapProjection,
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1Pod,
  V1SecretProjection,
  V1ServiceAccountTokenProjection,
  V1Volume,
} from '@kubernetes/client-node'
import { ConfigMissing, podField, resourceField, type PodPlace, type Sources } from './env.ts'

/** What filling volumes needs. */
export interface VolumeContext {
  readonly pod: V1Pod
  readonly place: PodPlace
  readonly sources: Sources
  /** A token bound to the pod, kept and renewed by the caller. */
  readonly token: (projection: V1ServiceAccountTokenProjection) => Promise<string>
}

/** A file of a projected volume. */
interface FileContent {
  readonly bytes: Buffer | string
  readonly mode: number
}

type Files = Map<string, FileContent>

/**
 * Fills or refreshes all volumes under `folder` and gives the folder of each
 * by name. Throws {@link ConfigMissing} while something is not there.
 */
export async function fillVolumes(
  folder: string,
  context: VolumeContext,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>()
  for (const volume of context.pod.spec?.volumes ?? []) {
    const path = volume.hostPath?.path ?? join(folder, volume.name)
    if (volume.hostPath === undefined) await fillVolume(path, volume, context)
    paths.set(volume.name, path)
  }
  return paths
}

async function fillVolume(path: string, volume: V1Volume, context: VolumeContext): Promise<void> {
  if (volume.emptyDir !== undefined) {
    if (existsSync(path)) return
    mkdirSync(path, { recursive: true })
    chmodSync(path, 0o777)
    const group = context.pod.spec?.securityContext?.fsGroup
    if (group !== undefined) chownSync(path, 0, group)
    return
  }
  const files = await projectedFiles(volume, context)
  writeFiles(path, files, context.pod.spec?.securityContext?.fsGroup)
}

async function projectedFiles(volume: V1Volume, context: VolumeContext): Promise<Files> {
  const files: Files = new Map()
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap !== undefined) addConfigMap(files, configMap, configMap.defaultMode, context)
  else if (secret !== undefined) {
    const { secretName, ...rest } = secret
    addSecret(
      files,
      { ...rest, ...(secretName === undefined ? {} : { name: secretName }) },
      secret.defaultMode,
      context,
    )
  } else if (downwardAPI !== undefined)
    addDownward(files, downwardAPI.items ?? [], downwardAPI.defaultMode, context)
  else if (projected !== undefined)
    for (const source of projected.sources ?? []) {
      const mode = projected.defaultMode
      if (source.configMap !== undefined) addConfigMap(files, source.configMap, mode, context)
      else if (source.secret !== undefined) addSecret(files, source.secret, mode, context)
      else if (source.downwardAPI !== undefined)
        addDownward(files, source.downwardAPI.items ?? [], mode, context)
      else if (source.serviceAccountToken !== undefined)
        files.set(source.serviceAccountToken.path, {
          bytes: await context.token(source.serviceAccountToken),
          mode: mode ?? 0o644,
        })
      else throw new ConfigMissing(`the rig cannot project ${Object.keys(source).join()}`)
    }
  else throw new ConfigMissing(`the rig has no volume like "${volume.name}"`)
  return files
}

function addConfigMap(
  files: Files,
  { name, items, optional }: V1ConfigMapProjection,
  mode: number | undefined,
  { sources }: VolumeContext,
): void {
  addData(files, `configmap "${name}"`, sources.configMap(name ?? ''), items, optional, mode)
}

function addSecret(
  files: Files,
  { name, items, optional }: V1SecretProjection,
  mode: number | undefined,
  { sources }: VolumeContext,
): void {
  addData(files, `secret "${name}"`, sources.secret(name ?? ''), items, optional, mode)
}

function addData(
  files: Files,
  what: string,
  data: Readonly<Record<string, Buffer>> | null,
  items: readonly V1KeyToPath[] | undefined,
  optional: boolean | undefined,
  defaultMode = 0o644,
): void {
  if (data === null) {
    if (optional === true) return
    throw new ConfigMissing(`${what} not found`)
  }
  const wanted = items ?? Object.keys(data).map((key): V1KeyToPath => ({ key, path: key }))
  for (const { key, path, mode } of wanted) {
    const bytes = data[key]
    if (bytes !== undefined) files.set(path, { bytes, mode: mode ?? defaultMode })
    else if (optional !== true)
      throw new ConfigMissing(`${what} references non-existent key: ${key}`)
  }
}

function addDownward(
  files: Files,
  items: readonly V1DownwardAPIVolumeFile[],
  defaultMode = 0o644,
  { pod, place }: VolumeContext,
): void {
  for (const { path, fieldRef, resourceFieldRef, mode } of items) {
    const container = pod.spec?.containers.find((c) => c.name === resourceFieldRef?.containerName)
    const bytes =
      fieldRef !== undefined
        ? podField(pod, fieldRef.fieldPath, place)
        : container === undefined || resourceFieldRef === undefined
          ? ''
          : resourceField(container, resourceFieldRef.resource, resourceFieldRef.divisor, place)
    files.set(path, { bytes, mode: mode ?? defaultMode })
  }
}

/**
 * Writes files the way kubelets do: a new folder, then one rename of the link
 * `..data`, so that a reader sees all old or all new files.
 */
function writeFiles(path: string, files: Files, group: number | undefined): void {
  mkdirSync(path, { recursive: true })
  const link = join(path, '..data')
  const before = existsSync(link) ? readlinkSync(link) : null
  if (before !== null && unchanged(link, files)) return
  const next = `..${Date.now()}.${Math.random().toString(36).slice(2)}`
  for (const [name, { bytes, mode }] of files) {
    const file = resolve(path, next, name)
    if (!file.startsWith(resolve(path, next) + sep))
      throw new ConfigMissing(`path ${name} leaves its volume`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
    chmodSync(file, group === undefined ? mode : mode | 0o040)
    if (group !== undefined) chownSync(file, 0, group)
  }
  mkdirSync(join(path, next), { recursive: true })
  symlinkSync(next, join(path, '..data_tmp'))
  renameSync(join(path, '..data_tmp'), link)
  const tops = new Set([...files.keys()].map((name) => name.split('/')[0] ?? name))
  for (const entry of readdirSync(path))
    if (!entry.startsWith('..') && !tops.has(entry)) rmSync(join(path, entry))
  for (const top of tops)
    if (!existsSync(join(path, top))) {
      rmSync(join(path, top), { force: true })
      symlinkSync(join('..data', top), join(path, top))
    }
  if (before !== null) rmSync(join(path, before), { recursive: true, force: true })
}

/** Whether a volume holds exactly these bytes: a rewrite would make programs reload for nothing. */
function unchanged(folder: string, files: Files): boolean {
  const there = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return (
    there.length === files.size &&
    there.every((name) => {
      const file = files.get(name)
      return file !== undefined && readFileSync(join(folder, name)).equals(Buffer.from(file.bytes))
    })
  )
}
