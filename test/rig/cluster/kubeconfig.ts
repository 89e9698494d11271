import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'

/** How a user of a kubeconfig proves who they are; everything is inline. */
export type Credential =
  { readonly token: string } | { readonly certificate: string; readonly key: string }

/** One context: a cluster and a user of it. */
export interface KubeconfigEntry {
  readonly context: string
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly credential: Credential
}

/** Writes a kubeconfig (0600) with one cluster, user and context per entry; the first is current. */
export function writeKubeconfig(path: string, entries: readonly KubeconfigEntry[]): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.context ?? '',
    clusters: entries.map(({ context, server, ca }) => ({
      name: context,
      cluster: { server, 'certificate-authority-data': base64(ca) },
    })),
    users: entries.map(({ context, credential }) => ({
      name: `${context}-admin`,
      user:
        'token' in credential
          ? { token: credential.token }
          : {
              'client-certificate-data': base64(credential.certificate),
              'client-key-data': base64(credential.key),
            },
    })),
    contexts: entries.map(({ context }) => ({
      name: context,
      context: { cluster: context, user: `${context}-admin` },
    })),
  }
  writeFileSync(path, stringify(config), { mode: 0o600 })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
