/**
 * A quote: a provider's signed price for one buyer, one resource, one quantity. Its digest is the first link of the
 * purchase: channel terms, the 402 challenge, the stream and the receipt all repeat it.
 */
import {
  address,
  amount,
  checkAmount,
  enumeration,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  optional,
  record,
  refine,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import { PPM, UNITS } from '../descriptor/pricing.ts'
import { MarketError } from '../errors.ts'
import { CREDIT_WINDOW_MAX, QUOTE_LIFETIME_SECONDS_MAX, RESOURCE_BYTES_MAX, ROWS_MAX } from '../limits.ts'
import { recordDigest, recordForm, type Signed } from '../signature/signed-record.ts'

/** The rows sold: `quantity` rows from `first` on, of a file with this RFC 9162 root over `rowCount` leaves. */
export const quotedGoods = record('goods', {
  root: [1, hash],
  rowCount: [2, uint(ROWS_MAX, 'row count')],
  first: [3, uint(ROWS_MAX, 'first row')],
})
export type QuotedGoods = Infer<typeof quotedGoods>

/** The load at which the price was set (PR-11): the buyer recomputes the price from it. */
export const loadSnapshot = record('load', {
  utilisationPpm: [1, uint(PPM, 'utilisation')],
  /** Unix seconds. */
  taken: [2, u64('taken')],
})

const quoteFields = record('quote', {
  frame: [1, hash],
  provider: [2, address],
  /** Who pays; a quote is worth nothing to anybody else. */
  buyer: [3, address],
  /** The provider's channel key, if a channel is to be opened for this quote. */
  payeeKey: [4, optional(fixedBytes(32, 'payee channel key'))],
  /** File name, API path or model, as in the descriptor. */
  resource: [5, text(RESOURCE_BYTES_MAX, { name: 'resource', bytesMin: 1 })],
  unit: [6, enumeration(UNITS, 'unit')],
  quantity: [7, u64('quantity')],
  /** Base units per unit. */
  unitPrice: [8, amount],
  /** quantity × unitPrice, exactly. */
  total: [9, amount],
  descriptor: [10, hash],
  load: [11, loadSnapshot],
  goods: [12, optional(quotedGoods)],
  /** Smallest number of units billed. */
  unitsMin: [13, u64('minimum billable units')],
  /** Units that may be delivered and not yet paid: the provider's exposure. */
  creditWindow: [14, uint(CREDIT_WINDOW_MAX, 'credit window')],
  /** Unix seconds; the quote holds until `expiry`, inclusive. */
  issued: [15, u64('issued')],
  expiry: [16, u64('expiry')],
  /** From the provider's random source: two quotes never share a digest. */
  nonce: [17, fixedBytes(16, 'nonce')],
  /** Digest of the promised service level. */
  serviceLevel: [18, hash],
})
export type Quote = Infer<typeof quoteFields>

/**
 * What holds in every quote that exists; checked whenever one is encoded or decoded.
 * Errors: QUOTE_TOTAL_WRONG, AMOUNT_OUT_OF_RANGE, QUOTE_LIFETIME_INVALID, QUOTE_GOODS_RANGE.
 */
function checkQuote(of: Quote): Quote {
  if (of.quantity === 0n || of.unitsMin === 0n || of.unitsMin > of.quantity)
    throw new MarketError(
      'QUOTE_TOTAL_WRONG',
      'quantity and minimum billable units are at least 1, the minimum at most the quantity',
    )
  if (of.total !== checkAmount(of.quantity * of.unitPrice, 'total'))
    throw new MarketError(
      'QUOTE_TOTAL_WRONG',
      `${of.quantity} × ${of.unitPrice} is not ${of.total}; refuse the quote`,
    )
  if (of.expiry < of.issued || of.expiry - of.issued > QUOTE_LIFETIME_SECONDS_MAX)
    throw new MarketError(
      'QUOTE_LIFETIME_INVALID',
      `a quote lives for 0 to ${QUOTE_LIFETIME_SECONDS_MAX} s after its issue`,
    )
  if (of.goods !== undefined && BigInt(of.goods.first) + of.quantity > BigInt(of.goods.rowCount))
    throw new MarketError(
      'QUOTE_GOODS_RANGE',
      `rows ${of.goods.first} + ${of.quantity} exceed the ${of.goods.rowCount} rows committed to`,
    )
  if (of.goods !== undefined && of.unit !== 'row')
    throw new MarketError('QUOTE_GOODS_RANGE', 'committed goods are sold by the row')
  return of
}

export const quote = refine<Quote, Quote>('quote', quoteFields, checkQuote)
export type SignedQuote = Signed<Quote>
export const quoteForm = recordForm('quote', quote, (body) => body.provider)

/** The quote digest: first link of the chain that ends in the receipt. */
export function quoteDigest(of: Quote): Hash {
  return recordDigest(quoteForm, of)
}
