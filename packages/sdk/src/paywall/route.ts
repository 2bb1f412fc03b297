/** What is behind the paywall: routes with a price, matched in order. */
import { type Amount, parseAmount, SymbolonError } from '@symbolon/primitives'
import { PAID_ROUTES_MAX, REQUESTS_PER_PAYMENT_MAX } from '../limits.ts'
import { foldPath, requirePlainPath } from './path.ts'

export interface PaidRoute {
  /** `GET`, `POST`, …, or `*`. */
  readonly method: string
  /** A path such as `/weather`, or a prefix ending in `/*`. Without query. */
  readonly path: string
  /** Base units per request. */
  readonly price: Amount
  /** Requests that one payment buys; default 1. */
  readonly requests?: number
}

/** Units as text (`'0.001'`), base units, or either with the requests that one payment buys. */
export type RoutePrice =
  | string
  | Amount
  | { readonly price: string | Amount; readonly requests?: number; readonly capability?: string }

/** The name under which a route is quoted, paid and bound into credentials. */
export function resourceOf(route: Pick<PaidRoute, 'method' | 'path'>): string {
  return `${route.method}:${route.path}`
}

export function matchesRoute(
  route: Pick<PaidRoute, 'method' | 'path'>,
  method: string,
  path: string,
): boolean {
  return (route.method === '*' || route.method === method) && matchesPath(route.path, path)
}

export function matchRoute<R extends Pick<PaidRoute, 'method' | 'path'>>(
  routes: readonly R[],
  method: string,
  path: string,
): R | undefined {
  return routes.find((route) => matchesRoute(route, method, path))
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

/** True if some framework may take `path` for one under `pattern`, whatever the method. */
export function mayMean(pattern: string, path: string): boolean {
  const folded = foldPath(path)
  if (!pattern.endsWith('*')) return folded === foldPath(pattern)
  const prefix = foldPath(pattern.slice(0, -1))
  return prefix === '/' || folded === prefix || folded.startsWith(`${prefix}/`)
}

/**
 * `{'GET /weather': '0.001'}` as routes, with prices in base units.
 * Errors: ROUTE_MALFORMED, ROUTES_EXCEEDED, and those of `parseAmount`.
 */
export function parseRoutes(prices: Readonly<Record<string, RoutePrice>>): PaidRoute[] {
  const routes = Object.entries(prices).map(([name, given]) => {
    const { method, path } = parseRouteName(name)
    const terms = typeof given === 'object' ? given : { price: given }
    const price = typeof terms.price === 'string' ? parseAmount(terms.price) : terms.price
    const { requests = 1 } = terms
    if (price <= 0n) throw malformed(name, 'its price must be above zero; leave free routes out')
    if (!Number.isInteger(requests) || requests < 1 || requests > REQUESTS_PER_PAYMENT_MAX)
      throw malformed(
        name,
        `one payment buys 1 to REQUESTS_PER_PAYMENT_MAX = ${REQUESTS_PER_PAYMENT_MAX} requests`,
      )
    return { method, path, price, requests }
  })
  if (routes.length > PAID_ROUTES_MAX)
    throw new SymbolonError(
      'ROUTES_EXCEEDED',
      `a paywall holds PAID_ROUTES_MAX = ${PAID_ROUTES_MAX} routes; use prefixes such as GET /api/*`,
    )
  return routes
}

/** `GET /weather`. Errors: ROUTE_MALFORMED. */
export function parseRouteName(name: string): { method: string; path: string } {
  const [, method, path] = /^([A-Z]+|\*) (\/\S*)$/.exec(name) ?? []
  if (method === undefined || path === undefined)
    throw malformed(name, 'write METHOD /path, such as GET /weather or * /api/*')
  const star = path.indexOf('*')
  if (star !== -1 && (star !== path.length - 1 || path[star - 1] !== '/'))
    throw malformed(name, 'a star may only stand for everything after the last slash')
  try {
    requirePlainPath(path.replace(/\*$/, ''))
  } catch (cause) {
    throw malformed(name, (cause as Error).message)
  }
  return { method, path }
}

function malformed(name: string, reason: string): SymbolonError {
  return new SymbolonError('ROUTE_MALFORMED', `"${name}" is not a route: ${reason}`)
}
