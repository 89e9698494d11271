import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { Manifest } from './cluster/index.ts'
import type { FleetMember } from './fleet.ts'
import { controlPlaneObjects } from './model/index.ts'
import { toolFile } from './tools/index.ts'

/**
 * CustomResourceDefinitions of Istio and the Gateway API, from Istio's own
 * sources. Reading a megabyte of YAML takes seconds, so JSON is kept beside it.
 */
export function meshDefinitions(istioFiles: string): readonly Manifest[] {
  const kept = toolFile(istioFiles, 'definitions.json')
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Manifest[]
  const definitions = ['charts/base/files/crd-all.gen.yaml', 'gateway-api-crd.yaml']
    .flatMap((file) => parseAllDocuments(readFileSync(toolFile(istioFiles, file), 'utf8')))
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object?.kind === 'CustomResourceDefinition')
    .filter((object) => object !== null)
  const whole = `${kept}.${randomUUID()}`
  writeFileSync(whole, JSON.stringify(definitions))
  renameSync(whole, kept)
  return definitions
}

/**
 * Stand-in objects without a real istiod: what an installed control plane
 * leaves in its cluster (Deployment, Service, mesh configuration, root
 * certificate), so that whoever reads a mesh finds one. Pods are kwok's.
 */
export function standInMeshObjects(member: FleetMember): readonly Manifest[] {
  const network: Record<string, string> =
    member.network === '' ? {} : { 'topology.istio.io/network': member.network }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system', labels: network } },
    ...controlPlaneObjects(member),
  ]
}
