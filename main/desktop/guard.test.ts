import { describe, expect, it } from 'vitest'
import { isDocumentation, isOwnPage } from './guard.ts'

describe('the page stays at home', () => {
  const own = 'http://127.0.0.1:40001/'

  it.each([
    ['http://127.0.0.1:40001/map?by=app', true],
    ['http://127.0.0.1:40002/', false],
    ['http://localhost:40001/', false],
    ['https://127.0.0.1:40001/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['not a url', false],
  ])('%s is its own page: %s', (url, expected) => {
    expect(isOwnPage(url, own)).toBe(expected)
  })

  it('has no page while the backend is away', () => {
    expect(isOwnPage(own, null)).toBe(false)
  })
})

describe('links that may open in the browser', () => {
  it.each([
    ['https://istio.io/latest/docs/', true],
    ['https://preliminary.istio.io/docs/', true],
    ['http://istio.io/', false],
    ['https://istio.io.example/', false],
    ['https://evilistio.io/', false],
    ['file:///etc/passwd', false],
  ])('%s: %s', (url, expected) => {
    expect(isDocumentation(url)).toBe(expected)
  })
})
