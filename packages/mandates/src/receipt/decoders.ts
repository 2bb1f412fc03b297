/**
 * What the verifier of a receipt must be told about records of other packages. Each decoder checks the record's own
 * signatures and rules and throws if they do not hold; the links between the records are checked here.
 */
import type { Address, Amount, Hash } from '@symbolon/primitives'

export interface DecodedDescriptor {
  digest: Hash
  frame: Hash
  provider: Address
}

export interface DecodedQuote {
  digest: Hash
  frame: Hash
  provider: Address
  buyer: Address
  descriptor: Hash
  /** Base units per unit, and for all. */
  unitPrice: Amount
  total: Amount
  /** Root of the goods, if the quote commits to one. */
  goods?: Hash | undefined
}

export interface DecodedCommitment {
  frame: Hash
  quote: Hash
  buyer: Address
  provider: Address
}

export interface DecodedChallenge {
  frame: Hash
  paymentHash: Hash
  channel: Hash
  quote: Hash
  payee: Address
  payer: Address
  /** Base units that the challenge asks for: what paying it proves. */
  price: Amount
}

/** From the identifier and, together, the caveats. */
export interface DecodedCredential {
  paymentHash: Hash
  channel: Hash
  quote: Hash
}

export interface ReceiptDecoders {
  descriptor: (signed: Uint8Array) => DecodedDescriptor
  quote: (signed: Uint8Array) => DecodedQuote
  commitment: (signed: Uint8Array) => DecodedCommitment
  /** Must verify the signature by the payee that the bytes name. */
  challenge: (bytes: Uint8Array, signature: Uint8Array) => DecodedChallenge
  credential: (identifier: Uint8Array, caveats: readonly Uint8Array[]) => DecodedCredential
}
