import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

test('root certificates become fingerprints of their DER', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smm-root-'))
  try {
    const path = join(folder, 'root.pem')
    const subject = '/O=Istio/CN=Root CA'
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'key.pem')]
    execFileSync('openssl', ['req', '-x509', '-subj', subject, ...key, '-out', path], {
      stdio: 'ignore',
    })
    const expected = execFileSync('openssl', [
      'x509',
      '-in',
      path,
      '-noout',
      '-fingerprint',
      '-sha256',
    ])
      .toString()
      .trim()
      .replace(/^.*=/, '')
      .replaceAll(':', '')
      .toLowerCase()
    const pem = readFileSync(path, 'utf8')
    const kept = trimAs('ConfigMap', {
      metadata,
      data: { 'root-cert.pem': `${pem}not a certificate\n${pem}` },
    })
    const root = expect.objectContaining({ fingerprint: expected, subject: 'O=Istio, CN=Root CA' })
    expect(kept?.['rootCertificates']).toEqual([root, root])
    expect(JSON.stringify(kept)).not.toContain('BEGIN')
  } finally {
    rmSync(folder, { recursive: true })
  }
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
