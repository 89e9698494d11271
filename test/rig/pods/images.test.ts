import { expect, test } from 'vitest'
import { imageKind, parseImage } from './images.ts'

test('an image is known by the last part of its repository and its tag', () => {
  expect(parseImage('registry.example:5000/a/pilot:1.31.0@sha256:00')).toEqual({
    name: 'pilot',
    tag: '1.31.0',
  })
  expect(parseImage('nginx')).toEqual({ name: 'nginx', tag: 'latest' })
})

test('releases the rig has are run, others fail, foreign images are left alone', () => {
  expect(imageKind('registry.istio.io/release/proxyv2:1.31.0')).toBe('here')
  expect(imageKind('registry.istio.io/release/proxyv2:1.30.0-distroless')).toBe('here')
  expect(imageKind('registry.istio.io/release/proxyv2:1.3')).toBe('no such tag')
  expect(imageKind('docker.io/library/nginx:1')).toBe('elsewhere')
})
