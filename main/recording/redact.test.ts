import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClusterStatus } from '../fleet/index.ts'
import type { KubeObject, ResourceKind } from '../kube/index.ts'
import { keep, type Keep } from './keep.ts'
import { kindRules, metadataRule } from './redact-kinds.ts'
import { redactText } from './redact-text.ts'
import { isRecordedMetric, redactObject, redactStatus } from './redact.ts'
import { labelsAt } from './sample-rows.ts'

const CANARY = 'c4n4ry'
const kinds = Object.keys(kindRules) as ResourceKind[]

const metadata = {
  name: 'checkout',
  namespace: 'shop',
  uid: 'u-1',
  resourceVersion: '12',
  labels: { app: 'checkout' },
  annotations: {
    'sidecar.istio.io/inject': 'true',
    'kubectl.kubernetes.io/last-applied-configuration': `{"password":"${CANARY}"}`,
    'sidecar.istio.io/userVolume': CANARY,
    'rke.cattle.io/token': CANARY,
    'example.com/token': CANARY,
  },
  managedFields: [{ manager: CANARY }],
}

const container = {
  name: 'app',
  image: 'shop/checkout:v1',
  command: ['sh', '-c', CANARY],
  args: ['--password', CANARY],
  env: [
    { name: 'CLUSTER_ID', value: 'east' },
    { name: 'PASSWORD', value: CANARY },
    { name: 'REVISION', valueFrom: { secretKeyRef: { name: CANARY } } },
  ],
  livenessProbe: { httpGet: { httpHeaders: [{ name: 'authorization', value: CANARY }] } },
}
const podSpec = {
  containers: [container],
  initContainers: [container],
  volumes: [{ name: 'v', csi: { volumeAttributes: { key: CANARY } } }],
  imagePullSecrets: [{ name: CANARY }],
}

const meshYaml = `
trustDomain: cluster.local
defaultConfig:
  meshId: shop
  proxyMetadata: {SECRET: ${CANARY}}
extensionProviders:
- name: otel
  opentelemetry: {service: o, port: 1, http: {headers: [{name: authorization, value: ${CANARY}}]}}
caCertificates:
- pem: ${CANARY}
`

/** Objects with a canary wherever users put secrets. */
const planted: readonly (readonly [ResourceKind, Readonly<Record<string, unknown>>])[] = [
  ['Pod', { spec: podSpec, status: { phase: 'Running', message: CANARY } }],
  ['Deployment', { spec: { replicas: 1, template: { metadata, spec: podSpec } } }],
  ['ConfigMap', { data: { mesh: meshYaml, 'app.properties': CANARY }, binaryData: { x: CANARY } }],
  ['ConfigMap', { data: { mesh: `: ${CANARY} {`, meshNetworks: `- ${CANARY}` } }],
  [
    'VirtualService',
    {
      spec: {
        hosts: ['checkout'],
        http: [
          {
            match: [{ headers: { cookie: { exact: CANARY } }, uri: { prefix: '/pay' } }],
            headers: { request: { set: { authorization: CANARY } } },
            route: [
              {
                destination: { host: 'checkout' },
                headers: { response: { add: { 'set-cookie': CANARY } } },
              },
            ],
            directResponse: { status: 200, body: { string: CANARY } },
            corsPolicy: { allowHeaders: [CANARY] },
          },
        ],
      },
    },
  ],
  [
    'DestinationRule',
    {
      spec: {
        host: 'db',
        trafficPolicy: {
          tls: { mode: 'MUTUAL', privateKey: CANARY, clientCertificate: CANARY },
          loadBalancer: { consistentHash: { httpCookie: { name: CANARY } } },
        },
      },
    },
  ],
  [
    'MutatingWebhookConfiguration',
    {
      webhooks: [
        {
          name: 'rev.namespace.sidecar-injector.istio.io',
          clientConfig: { caBundle: CANARY, url: `https://me:${CANARY}@istiod/inject?t=${CANARY}` },
        },
      ],
    },
  ],
  ['Service', { spec: { clusterIP: '10.0.0.1' }, stringData: { password: CANARY } }],
  ['HTTPRoute', { spec: { rules: [{ filters: [{ requestHeaderModifier: { set: CANARY } }] }] } }],
]

const asObject = (kind: ResourceKind, body: Readonly<Record<string, unknown>>): KubeObject => ({
  ...body,
  apiVersion: 'v1',
  kind,
  metadata,
})

describe('what a recording keeps of objects', () => {
  it.each(planted)('keeps no secret of a %s', (kind, body) => {
    expect(JSON.stringify(redactObject(kind, asObject(kind, body)))).not.toContain(CANARY)
  })

  it('keeps what rooms read', () => {
    const [, deployment] = planted[1] ?? ['Pod', {}]
    const kept = redactObject('Deployment', asObject('Deployment', deployment))
    const kepContainer = {
      name: 'app',
      image: 'shop/checkout:v1',
      env: [{ name: 'CLUSTER_ID', value: 'east' }, { name: 'REVISION' }],
    }
    const annotations = {
      'sidecar.istio.io/inject': 'true',
      'rke.cattle.io/token': '(not recorded: string of 6 characters)',
    }
    expect(kept).toEqual({
      apiVersion: 'v1',
      kind: 'Deployment',
      metadata: {
        name: 'checkout',
        namespace: 'shop',
        uid: 'u-1',
        labels: { app: 'checkout' },
        annotations,
      },
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: { app: 'checkout' }, annotations },
          spec: { containers: [kepContainer], initContainers: [kepContainer] },
        },
      },
    })
  })

  it('keeps of mesh config what says who belongs together', () => {
    const kept = redactObject('ConfigMap', asObject('ConfigMap', { data: { mesh: meshYaml } }))
    expect(kept['data']).toEqual({
      mesh: 'trustDomain: cluster.local\ndefaultConfig:\n  meshId: shop\n',
    })
  })

  it('says of values only their type and length', () => {
    const [, route] = planted[4] ?? ['Pod', {}]
    const kept = JSON.stringify(redactObject('VirtualService', asObject('VirtualService', route)))
    expect(kept).toContain(
      `"authorization":"(not recorded: string of ${CANARY.length} characters)"`,
    )
    expect(kept).toContain('"uri":{"prefix":"/pay"}')
  })

  it('keeps no field that no rule names, wherever it stands', () => {
    for (const kind of kinds)
      fc.assert(
        fc.property(objectLike(fc.constant(CANARY)), (body) => {
          const kept = redactObject(kind, asObject(kind, body))
          expect(unnamed(kept, kindRules[kind])).toEqual([])
        }),
        { numRuns: 50 },
      )
  })
})

/** JSON whose field names are those of real objects and others, so that rules are met in depth. */
function objectLike(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const names = ['spec', 'status', 'data', 'mesh', 'http', 'tls', 'template', 'containers', 'env']
  const others = [
    'metadata',
    'servers',
    'endpoints',
    'password',
    'toString',
    'constructor',
    'value',
  ]
  const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
    object: fc.dictionary(fc.constantFrom(...names, ...others), tie('value'), { maxKeys: 4 }),
    value: fc.oneof({ maxDepth: 6 }, leaf, tie('object'), fc.array(tie('value'), { maxLength: 2 })),
  }))
  return object
}

/** Paths of fields in `kept` that the rules do not name. */
function unnamed(kept: Readonly<Record<string, unknown>>, rule: Keep): string[] {
  const found: string[] = []
  const walk = (value: unknown, own: Keep | undefined, path: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, own, path)
    else if (own === undefined) found.push(path)
    else if (typeof value === 'object' && value !== null) {
      if (own === 'scalar') found.push(path)
      if (typeof own !== 'object') return
      for (const [name, inner] of Object.entries(value)) {
        const next =
          'each' in own ? own.each : Object.hasOwn(own.fields, name) ? own.fields[name] : undefined
        walk(inner, next, `${path}.${name}`)
      }
    }
  }
  const { apiVersion: _version, kind: _kind, metadata: ownMetadata, ...rest } = kept
  walk(rest, rule, '')
  walk(ownMetadata, metadataRule, 'metadata')
  return found
}

describe('keep', () => {
  it('drops what a rule does not expect', () => {
    const rule: Keep = { fields: { name: 'scalar', labels: 'strings' } }
    expect(keep({ name: { deep: 1 }, labels: { a: 'b', c: 1, d: { e: 'f' } } }, rule)).toEqual({
      labels: { a: 'b' },
    })
    expect(keep('text', rule)).toBeUndefined()
    expect(keep({ name: 'n'.repeat(5000) }, rule)).toEqual({})
    expect(keep(JSON.parse('{"__proto__":{"name":"x"}}'), rule)).toEqual({})
  })
})

describe('what a recording keeps of texts and labels', () => {
  it('leaves user, password and query out of addresses', () => {
    expect(
      redactText('GET https://me:secret@prom.example/api?token=secret#x failed: timeout'),
    ).toBe('GET https://prom.example/api failed: timeout')
  })

  it('keeps the named fields of a status only', () => {
    const extra: object = { token: CANARY }
    const status: ClusterStatus = {
      ...extra,
      name: 'east',
      contexts: ['east'],
      uid: null,
      identityAssumed: false,
      state: 'unreachable',
      sinceMs: 1,
      reason: `dial https://u:${CANARY}@east failed`,
      remedy: null,
      kubernetesVersion: null,
      telemetry: {
        state: 'failing',
        endpoint: `http://u:${CANARY}@prom`,
        reason: null,
        remedy: null,
        answeredMs: 4,
        ...extra,
      },
    }
    expect(JSON.stringify(redactStatus(status))).not.toContain(CANARY)
  })

  it("keeps Istio's own labels and metrics only", () => {
    const column = (text: string) => ({ dictionary: ['', text], codes: Uint32Array.of(1) })
    const labels = { source_workload: column('checkout'), request_path: column(CANARY) }
    expect(labelsAt({ rowCount: 1, labels, values: {} }, 0)).toEqual({
      source_workload: 'checkout',
    })
    expect(isRecordedMetric('istio_requests_total')).toBe(true)
    expect(isRecordedMetric('users_total')).toBe(false)
  })
})
