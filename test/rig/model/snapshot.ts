import { createHash, X509Certificate } from 'node:crypto'
import type { ClusterSnapshot, FleetSnapshot } from '../../../main/fleet/index.ts'
import type { KubeObject, ResourceKind } from '../../../main/kube/index.ts'
import type { Model } from './model.ts'
import { clusterObjects } from './objects.ts'
import type { Manifest } from './objects.ts'

/**
 * The model's clusters as a fleet would see their objects, without an API
 * server: what is asked for, without status, as nothing runs.
 */
export function modelSnapshot(models: readonly Model[], atMs: number): FleetSnapshot {
  const clusters = models.flatMap((model) =>
    model.topology.clusters.map(({ name }) => clusterSnapshot(model, name, atMs)),
  )
  return { revision: 1, atMs, clusters }
}

function clusterSnapshot(model: Model, name: string, atMs: number): ClusterSnapshot {
  const objects: Partial<Record<ResourceKind, KubeObject[]>> = {}
  for (const manifest of clusterObjects(model, name)) {
    const kind = resourceKind(manifest.apiVersion, manifest.kind)
    const { metadata } = manifest
    const uid = `${name}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`
    const known = objects[kind] ?? []
    known.push({ ...manifest, ...rootsOf(manifest), metadata: { ...metadata, uid } })
    objects[kind] = known
  }
  return {
    status: {
      name,
      contexts: [name],
      uid: `uid-of-${name}`,
      identityAssumed: false,
      state: 'ready',
      sinceMs: atMs,
      reason: null,
      remedy: null,
      kubernetesVersion: 'v1.37.2',
      telemetry: {
        state: 'ready',
        endpoint: 'Service istio-system/prometheus',
        reason: null,
        remedy: null,
        answeredMs: atMs,
      },
    },
    objects,
    unreadable: {},
  }
}

/** Certificates are read where objects come in, so that pure rooms find fingerprints. */
function rootsOf({ data }: Manifest): { rootCertificates?: readonly { fingerprint: string }[] } {
  const pem = (data as Record<string, string> | undefined)?.['root-cert.pem']
  if (pem === undefined) return {}
  const fingerprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')
  return { rootCertificates: [{ fingerprint }] }
}

/** Istio's Gateway and the Gateway API's share a name; ours tells them apart. */
function resourceKind(apiVersion: string, kind: string): ResourceKind {
  const isIstio = kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/')
  return (isIstio ? 'IstioGateway' : kind) as ResourceKind
}
