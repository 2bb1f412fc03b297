/** Which requests are for sale, which are free, and which are neither: around a paid path, what is not allowed is refused. */
import { SymbolonError } from '@symbolon/primitives'
import type { Offer } from '../seller/offer.ts'
import { requirePlainPath } from './path.ts'
import { matchesRoute, matchRoute, mayMean, type PaidRoute } from './route.ts'

export interface PaidPlace {
  readonly route: PaidRoute
  readonly offer: Offer
}

export class RouteTable {
  readonly #places: readonly { method: string; path: string; place: PaidPlace }[]
  readonly #free: readonly { method: string; path: string }[]

  constructor(places: readonly PaidPlace[], free: readonly { method: string; path: string }[]) {
    this.#places = places.map((place) => ({ method: place.route.method, path: place.route.path, place }))
    this.#free = free
  }

  /**
   * What is sold at this request; undefined for what is free. A path under a paid one is paid for in every method, unless
   * the seller names it free.
   * Errors: those of `requirePlainPath`, METHOD_NOT_SOLD, PATH_AMBIGUOUS (another spelling of a paid path).
   */
  find(method: string, path: string): PaidPlace | undefined {
    requirePlainPath(path)
    if (matchRoute(this.#free, method, path) !== undefined) return undefined
    const found = matchRoute(this.#places, method, path)
    if (found !== undefined) return found.place
    if (this.#places.some((sold) => matchesRoute({ ...sold, method: '*' }, method, path)))
      throw new SymbolonError(
        'METHOD_NOT_SOLD',
        `${method} is not for sale at this path; see the offers page for what is`,
      )
    if (this.#places.some((sold) => mayMean(sold.path, path)))
      throw new SymbolonError(
        'PATH_AMBIGUOUS',
        'this path is for sale in one spelling only; see the offers page',
      )
    return undefined
  }
}
