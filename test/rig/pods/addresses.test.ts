import { expect, test } from 'vitest'
import { clusterAddresses, maxClusters, maxRuns, podAddresses } from './addresses.ts'

test('no two clusters of any runs share an address, a namespace or a device', () => {
  const seen = new Set<string>()
  for (let run = 0; run < maxRuns; run++)
    for (let cluster = 0; cluster < maxClusters; cluster++) {
      const at = clusterAddresses(run, cluster)
      const own = [at.podCidr, at.serviceCidr, at.hostIp, at.nodeIp, at.loadBalancerCidr]
      for (const one of [...own, at.wanIp, at.nodeNamespace, at.hostDevice, at.podIp(0)]) {
        expect(seen).not.toContain(one)
        seen.add(one)
      }
      expect(at.hostDevice.length).toBeLessThanOrEqual(15)
    }
})

test('pod addresses lie in the lower half of their range, Services in the upper', () => {
  const at = clusterAddresses(7, 7)
  expect(at.podIp(0)).toBe('100.127.0.10')
  expect(at.podIp(podAddresses - 1)).toMatch(/^100\.127\.(\d|\d\d|1[01]\d|12[0-7])\.\d+$/)
  expect(at.serviceCidr).toBe('100.127.128.0/17')
})
