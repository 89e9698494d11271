import { expect, test } from 'vitest'
import type { KubeObject } from '../kube/index.ts'
import { podBehind } from './forward-transport.ts'

const target = { namespace: 'istio-system', name: 'prometheus', port: 80 }

function service(targetPort: number | string | undefined, namespace = 'istio-system'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'prometheus', namespace, uid: 's' },
    spec: {
      selector: { app: 'prometheus' },
      ports: [{ port: 80, ...(targetPort === undefined ? {} : { targetPort }) }],
    },
  }
}

function pod(
  name: string,
  options: { ready?: boolean; app?: string; namespace?: string } = {},
): KubeObject {
  const { ready = true, app = 'prometheus', namespace = 'istio-system' } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: name, labels: { app, extra: 'x' } },
    spec: {
      containers: [{ name: 'other' }, { name: 'p', ports: [{ name: 'web', containerPort: 9090 }] }],
    },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
}

test.each<[string, KubeObject[], KubeObject[], string | null]>([
  ['by number', [service(9091)], [pod('a')], 'a:9091'],
  ['by name', [service('web')], [pod('a')], 'a:9090'],
  ['by default the same', [service(undefined)], [pod('a')], 'a:80'],
  ['only ready pods', [service('web')], [pod('a', { ready: false }), pod('b')], 'b:9090'],
  ['only selected pods', [service('web')], [pod('a', { app: 'x' }), pod('b')], 'b:9090'],
  ['only its namespace', [service('web')], [pod('a', { namespace: 'x' })], null],
  ['a port nobody has', [service('grpc')], [pod('a')], null],
  ['no such Service', [service('web', 'x')], [pod('a')], null],
])('the pod behind a Service: %s', (_case, services, pods, expected) => {
  const found = podBehind({ Service: services, Pod: pods }, target)
  expect(found && `${found.name}:${found.port}`).toBe(expected)
})

test('a Service without selector has no pods, and unread kinds have none', () => {
  const bare = { ...service('web'), spec: { ports: [{ port: 80 }] } }
  expect(podBehind({ Service: [bare], Pod: [pod('a')] }, target)).toBeNull()
  expect(podBehind({}, target)).toBeNull()
})
