/** The environment of a container, from its specification. */
import type { V1Container, V1EnvVarSource, V1Pod } from '@kubernetes/client-node'

/** What environments and volumes are filled from. */
export interface Sources {
  /** Data of a ConfigMap as bytes by key, or null when there is none. */
  configMap(name: string): Readonly<Record<string, Buffer>> | null
  secret(name: string): Readonly<Record<string, Buffer>> | null
}

/** What of a node and a network a pod is told. */
export interface PodPlace {
  readonly podIp: string
  readonly hostIp: string
  readonly nodeName: string
  /** IP and port of the Service `kubernetes`. */
  readonly apiService: { readonly ip: string; readonly port: number }
  readonly allocatable: Readonly<Record<'cpu' | 'memory' | 'ephemeral-storage', string>>
}

/** Something a container needs is not there (yet): the kubelet's CreateContainerConfigError. */
export class ConfigMissing extends Error {}

/** Environment variables of a container, all references resolved and `$(NAME)` replaced. */
export function containerEnv(
  pod: V1Pod,
  container: V1Container,
  place: PodPlace,
  sources: Sources,
): Record<string, string> {
  // Of the Service variables only those every client library reads; other Services are found by DNS.
  const env: Record<string, string> = {
    KUBERNETES_SERVICE_HOST: place.apiService.ip,
    KUBERNETES_SERVICE_PORT: String(place.apiService.port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(place.apiService.port),
  }
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const [kind, ref, data] =
      configMapRef === undefined
        ? ['secret', secretRef, sources.secret(secretRef?.name ?? '')]
        : ['configmap', configMapRef, sources.configMap(configMapRef.name ?? '')]
    if (data === null && ref?.optional !== true)
      throw new ConfigMissing(`${kind} "${ref?.name}" not found`)
    for (const [key, value] of Object.entries(data ?? {})) env[prefix + key] = value.toString()
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom === undefined) env[name] = expand(value ?? '', env)
    else {
      const found = fromSource(pod, container, place, sources, valueFrom)
      if (found !== null) env[name] = found
    }
  }
  return env
}

/** Replaces `$(NAME)` where NAME is known; `$$(NAME)` stands for a literal `$(NAME)`. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, _, name: string | undefined) => {
    if (whole === '$$') return '$'
    return name !== undefined && Object.hasOwn(env, name) ? (env[name] ?? '') : whole
  })
}

function fromSource(
  pod: V1Pod,
  container: V1Container,
  place: PodPlace,
  sources: Sources,
  { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef }: V1EnvVarSource,
): string | null {
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, place)
  if (resourceFieldRef !== undefined) {
    const { resource, divisor, containerName } = resourceFieldRef
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
    const of = containerName === undefined ? container : all.find((c) => c.name === containerName)
    return resourceField(of ?? container, resource, divisor, place)
  }
  const [kind, ref, data] =
    configMapKeyRef === undefined
      ? ['secret', secretKeyRef, sources.secret(secretKeyRef?.name ?? '')]
      : ['configmap', configMapKeyRef, sources.configMap(configMapKeyRef.name ?? '')]
  const value = data?.[ref?.key ?? '']
  if (value !== undefined) return value.toString()
  if (ref?.optional === true) return null
  throw new ConfigMissing(
    data === null
      ? `${kind} "${ref?.name}" not found`
      : `couldn't find key ${ref?.key} in ${kind} ${pod.metadata?.namespace}/${ref?.name}`,
  )
}

/** A field of a pod as the downward API gives it. */
export function podField(pod: V1Pod, path: string, place: PodPlace): string {
  const { metadata = {}, spec } = pod
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path)
  if (keyed !== null) {
    const [, field, key = ''] = keyed
    return (field === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? ''
  }
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return keyValueLines(metadata.labels ?? {})
    case 'metadata.annotations':
      return keyValueLines(metadata.annotations ?? {})
    case 'spec.nodeName':
      return place.nodeName
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? 'default'
    case 'status.podIP':
    case 'status.podIPs':
      return place.podIp
    case 'status.hostIP':
    case 'status.hostIPs':
      return place.hostIp
    default:
      throw new ConfigMissing(`the rig knows no field ${path}`)
  }
}

function keyValueLines(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')
}

/** A resource request or limit in units of `divisor`, rounded up; a limit not set is the node's. */
export function resourceField(
  container: V1Container,
  resource: string,
  divisor: string | undefined,
  place: PodPlace,
): string {
  const [kind = '', name = ''] = resource.split(/\.(.*)/s)
  const set = container.resources?.[kind === 'limits' ? 'limits' : 'requests']?.[name]
  const node: Readonly<Record<string, string>> = place.allocatable
  const quantity = set ?? (kind === 'limits' ? (node[name] ?? '0') : '0')
  const unit = divisor === undefined || divisor === '' || divisor === '0' ? '1' : divisor
  return String(Math.ceil(Number((parseQuantity(quantity) / parseQuantity(unit)).toFixed(9))))
}

const suffixes: Readonly<Record<string, number>> = {
  m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
} // prettier-ignore

/** A Kubernetes quantity as a number, such as 0.5 for `500m`. */
export function parseQuantity(text: string): number {
  const match = /^([0-9.]+(?:e[0-9]+)?)([a-zA-Z]*)$/.exec(text)
  const factor = match?.[2] === '' ? 1 : suffixes[match?.[2] ?? '']
  if (match === null || factor === undefined) throw new ConfigMissing(`no quantity: ${text}`)
  return Number(match[1]) * factor
}
