import type { KubeConfig } from '@kubernetes/client-node'
import type { ContextEntry } from './kubeconfig.ts'

/** One for each context: it remembers the tokens of exec plugins and files. */
const known = new WeakMap<ContextEntry, Promise<KubeConfig>>()

/**
 * The library's form of a context, which reads its certificates, files and
 * plugins. Loaded when first dialled: the library is large, and a recording
 * needs none of it.
 */
export function kubeConfigOf(entry: ContextEntry): Promise<KubeConfig> {
  const made = known.get(entry) ?? load(entry)
  known.set(entry, made)
  return made
}

async function load({ access, name, error }: ContextEntry): Promise<KubeConfig> {
  if (access === null || error !== null) {
    throw new Error(`context ${name} cannot be used: ${error ?? 'it has no server'}`)
  }
  const { KubeConfig: Library } = await import('@kubernetes/client-node')
  const kubeConfig = new Library()
  kubeConfig.loadFromOptions({
    clusters: [access.cluster],
    users: [access.user],
    contexts: [{ name, cluster: access.cluster.name, user: access.user.name }],
    currentContext: name,
  })
  return kubeConfig
}
