import { parseAmount } from '@symbolon/primitives'
import { parseRoutes } from '@symbolon/sdk'
import { describe, expect, it } from 'vitest'
import { RouteTable } from '../../src/paywall/route-table.ts'
import type { Offer } from '../../src/seller/offer.ts'

const table = (routes: Parameters<typeof parseRoutes>[0], free: { method: string; path: string }[] = []) =>
  new RouteTable(
    parseRoutes(routes).map((route) => ({ route, offer: {} as Offer })),
    free,
  )
const refusal = (of: RouteTable, method: string, path: string): string | undefined => {
  try {
    of.find(method, path)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('routes', () => {
  it('reads prices in units and in base units', () => {
    expect(
      parseRoutes({ 'GET /a': '0.001', 'POST /b/*': { price: 5n, requests: 10 } }).map((one) => ({ ...one })),
    ).toEqual([
      { method: 'GET', path: '/a', price: parseAmount('0.001'), requests: 1 },
      { method: 'POST', path: '/b/*', price: 5n, requests: 10 },
    ])
  })

  it.each(['get /a', 'GET a', 'GET', 'GET /a b', 'GET /a*', 'GET /*/b', 'GET /a/../b', 'GET //a'])(
    'refuses %j as a route',
    (name) => {
      expect(() => parseRoutes({ [name]: 1n })).toThrow(expect.objectContaining({ code: 'ROUTE_MALFORMED' }))
    },
  )

  it('refuses a price of nothing, and payments that buy none or too many requests', () => {
    for (const price of [
      0n,
      { price: 1n, requests: 0 },
      { price: 1n, requests: 10_001 },
      { price: 1n, requests: 1.5 },
    ])
      expect(() => parseRoutes({ 'GET /a': price })).toThrow(
        expect.objectContaining({ code: 'ROUTE_MALFORMED' }),
      )
  })

  it('names the bound on routes', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`GET /${i}`, 1n]))
    expect(() => parseRoutes(many)).toThrow(/PAID_ROUTES_MAX = 64/)
  })

  it('sells a prefix whole, and lets nothing under it through in another method or spelling', () => {
    const paid = table({ 'GET /api/*': 1n })
    expect(paid.find('GET', '/api/x')).toBeDefined()
    expect(paid.find('GET', '/api/')).toBeDefined()
    expect(paid.find('GET', '/free')).toBeUndefined()
    expect(refusal(paid, 'POST', '/api/x')).toBe('METHOD_NOT_SOLD')
    expect(refusal(paid, 'HEAD', '/api/x')).toBe('METHOD_NOT_SOLD')
    expect(refusal(paid, 'GET', '/API/x')).toBe('PATH_AMBIGUOUS')
    expect(refusal(paid, 'GET', '/api')).toBe('PATH_AMBIGUOUS')
    expect(refusal(paid, 'GET', '/%61pi/x')).toBe('PATH_AMBIGUOUS')
    expect(refusal(paid, 'GET', '/api;v=1/x')).toBe('PATH_AMBIGUOUS')
    expect(refusal(paid, 'GET', '/apis')).toBeUndefined()
  })

  it('lets through what the seller names free, and only that', () => {
    const paid = table({ 'GET /api/*': 1n }, [
      { method: 'OPTIONS', path: '/api/*' },
      { method: 'GET', path: '/api/health' },
    ])
    expect(refusal(paid, 'OPTIONS', '/api/x')).toBeUndefined()
    expect(paid.find('GET', '/api/health')).toBeUndefined()
    expect(refusal(paid, 'GET', '/api/Health')).toBeUndefined()
    expect(paid.find('GET', '/api/Health')).toBeDefined()
  })

  it('sells everything under a star', () => {
    const paid = table({ '* /*': 1n })
    for (const [method, path] of [
      ['GET', '/'],
      ['DELETE', '/a/b'],
      ['HEAD', '/A'],
    ] as const)
      expect(paid.find(method, path)).toBeDefined()
  })
})
