/** Our kinds of things on a map. */
export type NodeKind = 'workload' | 'service' | 'app' | 'gateway' | 'external'

/**
 * The stable id of a thing on the map, the same live, replayed and exported:
 * `kind:cluster/namespace/name`, each part percent-encoded. An app id may end in `@version`.
 */
export function nodeId(kind: NodeKind, cluster: string, namespace: string, name: string): string {
  return `${kind}:${encoded(cluster)}/${encoded(namespace)}/${encoded(name)}`
}

/** Any text can be encoded: half a surrogate pair, as a hostile answer may hold, becomes U+FFFD. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())
