import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigMissing, containerEnv, expand, parseQuantity, type PodPlace } from './env.ts'

const place: PodPlace = {
  podIp: '100.64.0.10',
  hostIp: '198.18.0.2',
  nodeName: 'east-pods-1',
  apiService: { ip: '100.64.128.1', port: 443 },
  allocatable: { cpu: '2', memory: '8Gi', 'ephemeral-storage': '1Ti' },
}
const pod: V1Pod = {
  metadata: { name: 'a-1', namespace: 'demo', labels: { app: 'a', version: 'v1' } },
  spec: { containers: [], serviceAccountName: 'a' },
}
const nothing = { configMap: () => null, secret: () => null }

function envOf(container: Partial<V1Container>, sources = nothing): Record<string, string> {
  return containerEnv(pod, { name: 'c', ...container }, place, sources)
}

describe('expand', () => {
  test('replaces what is known, keeps what is not, and unescapes', () => {
    const env = { HOST: 'a', EMPTY: '' }
    expect(expand('http://$(HOST)/$(EMPTY)$(NOT)$$(HOST)$HOST', env)).toBe(
      'http://a/$(NOT)$(HOST)$HOST',
    )
  })

  test('text without a dollar sign stays as it is', () => {
    assert(
      property(string(), (text) => {
        const plain = text.replaceAll('$', '')
        expect(expand(plain, { A: 'x' })).toBe(plain)
      }),
    )
  })
})

describe('containerEnv', () => {
  test('fields, resources and earlier variables', () => {
    expect(
      envOf({
        resources: { limits: { cpu: '1500m', memory: '1Gi' } },
        env: [
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'URL', value: 'http://$(IP)' },
          { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          {
            name: 'MIB',
            valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } },
          },
        ],
      }),
    ).toMatchObject({
      KUBERNETES_SERVICE_HOST: '100.64.128.1',
      IP: '100.64.0.10',
      URL: 'http://100.64.0.10',
      APP: 'a',
      CPU: '2',
      MIB: '1024',
    })
  })

  test('a limit not set is the node’s', () => {
    const valueFrom = { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } }
    expect(envOf({ env: [{ name: 'CPU', valueFrom }] })['CPU']).toBe('2')
  })

  test('a ConfigMap or Secret that is missing is an error unless optional', () => {
    const ref = (optional: boolean) => ({
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional } } }],
    })
    expect(() => envOf(ref(false))).toThrow(ConfigMissing)
    expect(() => envOf(ref(false))).toThrow('secret "s" not found')
    expect(envOf(ref(true))).not.toHaveProperty('A')
  })
})

test('quantities', () => {
  expect(['500m', '2', '1Gi', '1k', '1e3'].map(parseQuantity)).toEqual([
    0.5,
    2,
    2 ** 30,
    1000,
    1000,
  ])
  expect(() => parseQuantity('many')).toThrow(ConfigMissing)
})
