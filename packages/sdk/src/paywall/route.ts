/** What is behind the paywall: routes with a price, matched in order. */
import { type Amount, SymbolonError } from '@symbolon/primitives'

export interface PaidRoute {
  /** `GET`, `POST`, …, or `*`. */
  readonly method: string
  /** A path such as `/weather`, or a prefix ending in `*`. Without query. */
  readonly path: string
  /** Base units per request. */
  readonly price: Amount
  /** Requests that one payment buys; default 1. */
  readonly requests?: number
}

/** The name under which a route is quoted, paid and bound into credentials. */
export function resourceOf(route: PaidRoute): string {
  return `${route.method}:${route.path}`
}

export function matchRoute(
  routes: readonly PaidRoute[],
  method: string,
  path: string,
): PaidRoute | undefined {
  return routes.find(
    (route) =>
      (route.method === '*' || route.method === method) &&
      (route.path.endsWith('*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path),
  )
}

/**
 * `{'GET /weather': '0.001'}` as routes, with prices in base units. Errors: ROUTE_MALFORMED.
 */
export function parseRoutes(prices: Readonly<Record<string, Amount>>): PaidRoute[] {
  return Object.entries(prices).map(([name, price]) => {
    const match = /^([A-Z]+|\*) (\/\S*)$/.exec(name)
    if (match === null)
      throw new SymbolonError(
        'ROUTE_MALFORMED',
        `"${name}" is not a route: write METHOD /path, such as GET /weather or * /api/*`,
      )
    if (price <= 0n)
      throw new SymbolonError(
        'ROUTE_MALFORMED',
        `the price of "${name}" must be above zero; leave free routes out`,
      )
    return { method: match[1] ?? '', path: match[2] ?? '', price }
  })
}
