import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ResourceKind } from './object.ts'
import { resources, trim } from './resources.ts'

function trimAs(kind: ResourceKind, whole: unknown) {
  const resource = resources.find((candidate) => candidate.kind === kind)
  if (!resource) throw new Error(`no ${kind}`)
  return trim(resource, whole)
}

const metadata = {
  name: 'web',
  namespace: 'shop',
  uid: 'u1',
  resourceVersion: '7',
  managedFields: [{ manager: 'kubectl' }],
  labels: { app: 'web' },
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}',
    'sidecar.istio.io/inject': 'true',
    'health.kiali.io/rate': '4xx,10,20',
    'vendor.example/token': 'hunter2',
  },
}

test('a Deployment keeps what rooms read and nothing else', () => {
  const kept = trimAs('Deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 2,
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { 'vendor.example/key': 'hunter2' } },
        spec: {
          volumes: [{ name: 'v' }],
          containers: [
            {
              name: 'web',
              image: 'web:1',
              args: ['--password=hunter2'],
              env: [
                { name: 'PASSWORD', value: 'hunter2' },
                { name: 'CLUSTER_ID', value: 'east' },
              ],
            },
          ],
        },
      },
    },
    status: { availableReplicas: 1, conditions: [{ lastUpdateTime: 'now' }] },
  })
  expect(kept).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u1',
      labels: { app: 'web' },
      annotations: { 'sidecar.istio.io/inject': 'true', 'health.kiali.io/rate': '4xx,10,20' },
    },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            { name: 'web', image: 'web:1', env: [{ name: 'CLUSTER_ID', value: 'east' }] },
          ],
        },
      },
    },
    status: { availableReplicas: 1 },
  })
})

test('a ConfigMap is kept only as mesh configuration or root of trust', () => {
  expect(
    trimAs('ConfigMap', { metadata, data: { 'app.properties': 'password=hunter2' } }),
  ).toBeNull()
  const mesh = trimAs('ConfigMap', { metadata, data: { mesh: 'trustDomain: td', other: 'x' } })
  expect(mesh?.['data']).toEqual({ mesh: 'trustDomain: td' })
})

// Made, and its fingerprint taken, by openssl; valid for a century.
const rootPem = `
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUMZVu3zzmaUf0OAPICZlNeW3PBewwCgYIKoZIzj0EAwIw
IjEOMAwGA1UECgwFSXN0aW8xEDAOBgNVBAMMB1Jvb3QgQ0EwIBcNMjYxMTIzMTMx
NzUzWhgPMjEyNjEwMzAxMzE3NTNaMCIxDjAMBgNVBAoMBUlzdGlvMRAwDgYDVQQD
DAdSb290IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3OLvlRJw+MfXsUYG
e1DmGZJ42bK75/S0KjS7jOB1bLDny3D4BgG0BqgDWZXv8fUjdZJqb7TzTwVYzIRa
508VzqNTMFEwHQYDVR0OBBYEFMfEQy7IP8chOWcGy6620eUZyjRcMB8GA1UdIwQY
MBaAFMfEQy7IP8chOWcGy6620eUZyjRcMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDSAAwRQIgIOCiqolVd1c9DW3PTpYULjMDQh/xb9JQALOBe31xiEUCIQD8
ShGAYFGh9Y+ld+ecKQ+cGQBbT/f0fIXrLnRrF9zQ5A==
-----END CERTIFICATE-----
`
const rootFingerprint = '3150b5445249650797b9c812249f7d2240371a0c7b3dace1d54be5206c601769'

test('root certificates become fingerprints of their DER', () => {
  const kept = trimAs('ConfigMap', {
    metadata,
    data: { 'root-cert.pem': `${rootPem}not a certificate\n${rootPem}` },
  })
  const root = { fingerprint: rootFingerprint, subject: 'O=Istio, CN=Root CA' }
  const expected = expect.objectContaining(root) as unknown
  expect(kept?.['rootCertificates']).toEqual([expected, expected])
  expect(JSON.stringify(kept)).not.toContain('BEGIN')
})

test('objects of no interest are dropped: spent ReplicaSets, webhooks of others', () => {
  expect(trimAs('ReplicaSet', { metadata, spec: { replicas: 0 } })).toBeNull()
  expect(trimAs('ReplicaSet', { metadata, spec: { replicas: 1 } })).not.toBeNull()
  expect(trimAs('MutatingWebhookConfiguration', { metadata, webhooks: [] })).toBeNull()
})

test('the clock of a condition is no news', () => {
  const pod = (at: string): unknown => ({
    metadata,
    status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: at }] },
  })
  expect(trimAs('Pod', pod('1'))).toEqual(trimAs('Pod', pod('2')))
})

test('the two Gateways are told apart by group', () => {
  const groups = resources.filter(({ plural }) => plural === 'gateways').map(({ group }) => group)
  expect(groups).toEqual(['networking.istio.io', 'gateway.networking.k8s.io'])
  expect(trimAs('IstioGateway', { metadata })?.kind).toBe('Gateway')
})

test('whatever a server sends, trimming neither throws nor invents', () => {
  fc.assert(
    fc.property(fc.constantFrom(...resources), fc.jsonValue(), fc.jsonValue(), (resource, a, b) => {
      trim(resource, a)
      const kept = trim(resource, {
        metadata: { name: 'n', uid: 'u' },
        spec: a,
        status: b,
        data: a,
      })
      if (kept) expect(kept.metadata.name).toBe('n')
    }),
  )
})

test('metadata keeps its types whatever a server says', () => {
  const odd = { toString: 1 }
  const kept = trimAs('Pod', {
    metadata: {
      name: 'n',
      uid: 'u',
      namespace: 3,
      generation: odd,
      labels: { app: 'web', odd },
      ownerReferences: [odd, null, { kind: 'Job', name: 'j', uid: 'o', controller: 'yes' }],
    },
    spec: { containers: [{ env: [{ name: odd }] }] },
    status: { conditions: [{ type: odd }] },
  })
  expect(kept?.metadata).toEqual({
    name: 'n',
    uid: 'u',
    ownerReferences: [{ kind: 'Job', name: 'j', uid: 'o' }],
  })
})
