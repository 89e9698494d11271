import { expect, it } from 'vitest'
import { findPrometheus, type ServiceFacts } from './discover.ts'

const service = (
  namespace: string,
  name: string,
  labels: Record<string, string> = {},
  ports: ServiceFacts['ports'] = [{ port: 9090, name: 'http' }],
): ServiceFacts => ({ namespace, name, labels, ports })

it('prefers what was installed for the mesh, then one Prometheus, then stores of many', () => {
  const found = findPrometheus([
    service('obs', 'thanos-query', { 'app.kubernetes.io/name': 'thanos-query' }),
    service('default', 'shop'),
    service('monitoring', 'prometheus-operated', { 'operated-prometheus': 'true' }, [
      { port: 9090, name: 'web' },
      { port: 10901, name: 'grpc' },
    ]),
    service('istio-system', 'prometheus', { 'app.kubernetes.io/name': 'prometheus' }),
  ])
  expect(found.map(({ product, port }) => [product, port])).toEqual([
    ['Istio addon', 9090],
    ['Prometheus operator', 9090],
    ['Thanos', 9090],
  ])
})

it('does not take exporters and alert managers for a query API', () => {
  expect(
    findPrometheus([
      service('m', 'alertmanager', {
        'app.kubernetes.io/name': 'prometheus',
        'app.kubernetes.io/component': 'alertmanager',
      }),
      service('m', 'node-exporter', { 'app.kubernetes.io/name': 'node-exporter' }),
    ]),
  ).toEqual([])
})

it('knows where stores keep their API', () => {
  const [vm] = findPrometheus([
    service('m', 'vmselect', { 'app.kubernetes.io/name': 'vmselect' }, [
      { port: 8481, name: 'http' },
    ]),
  ])
  expect(vm?.basePath).toBe('/select/0/prometheus')
})
