/**
 * The "invoice" of an L402 challenge in a Symbolon channel: which channel is asked for how much against which hash, and
 * the digest of the signed binding that the payment must name. Text: `symbolon:` and the hexadecimal of canonical CBOR.
 */
import {
  amount,
  decode,
  encode,
  fromHex,
  hash,
  type Infer,
  record,
  SymbolonError,
  toHex,
} from '@symbolon/primitives'

const PREFIX = 'symbolon:'

export const invoice = record('invoice', {
  channel: [1, hash],
  paymentHash: [2, hash],
  amount: [3, amount],
  binding: [4, hash],
})
export type Invoice = Infer<typeof invoice>

export function formatInvoice(of: Invoice): string {
  return PREFIX + toHex(encode(invoice, of))
}

/** Errors: INVOICE_UNSUPPORTED (of another network), HEX_MALFORMED, SchemaError. */
export function parseInvoice(text: string): Invoice {
  if (!text.startsWith(PREFIX))
    throw new SymbolonError(
      'INVOICE_UNSUPPORTED',
      'the invoice is not for a Symbolon channel; this wallet cannot pay it',
    )
  return decode(invoice, fromHex(text.slice(PREFIX.length)), 512)
}
