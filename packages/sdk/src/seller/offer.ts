/** What is for sale: a descriptor, and behind it rows of a file or a paid route. */
import type { GoodsForSale, SignedDescriptor } from '@symbolon/market'
import type { Hash } from '@symbolon/primitives'
import type { PaidRoute } from '../paywall/route.ts'

export interface Offer {
  readonly descriptor: SignedDescriptor
  readonly digest: Hash
  /** The name that quotes carry. */
  readonly resource: string
  /** HTTP path at which it is asked for. */
  readonly path: string
  readonly method: string
  readonly goods?: GoodsForSale
  readonly route?: PaidRoute
}

/** Path of rows sold under this name. */
export function goodsPath(resource: string): string {
  return `/goods/${encodeURIComponent(resource)}`
}
