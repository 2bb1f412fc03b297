/** Block headers (CON-030, CON-038, CON-053): everything that a vote on a block commits to. */
import {
  address,
  amount,
  bytes,
  domainDigest,
  encode,
  type Hash,
  hash,
  type Infer,
  list,
  record,
  u64,
  uint,
} from '@symbolon/primitives'

/** Where base units can be; every one is in exactly one bucket (DESIGN §6.1). Append only: positions are on the wire. */
export const BUCKETS = [
  'liquid',
  'held',
  'staked',
  'unbonding',
  'bonded',
  'escrow',
  'channel',
  'bridgeLocked',
  'wrapped',
  'treasury',
  'fees',
] as const
export type Bucket = (typeof BUCKETS)[number]

/** Totals after the block; issued − destroyed = Σ buckets in every block. */
export const supply = record('supply', {
  issued: [1, amount],
  destroyed: [2, amount],
  /** By position in BUCKETS. */
  buckets: [3, list(amount, BUCKETS.length, { lengthMin: BUCKETS.length, name: 'buckets' })],
})
export type Supply = Infer<typeof supply>

/** issued − destroyed − Σ buckets: zero unless something is broken. */
export function supplyDelta(of: Supply): bigint {
  return of.issued - of.destroyed - of.buckets.reduce((sum, bucket) => sum + bucket, 0n)
}

export const header = record('header', {
  frame: [1, hash],
  /** 0 is the genesis block. */
  height: [2, u64('height')],
  epoch: [3, u64('epoch')],
  round: [4, uint(0xffffffff, 'round')],
  /** Hash of the block before; the frame's identifier for height 0. */
  parent: [5, hash],
  proposer: [6, address],
  /** What the proposer's clock showed, Unix milliseconds, not before the parent's. Execution never reads it. */
  timestamp: [7, u64('timestamp')],
  /** RFC 9162 roots over the transactions, the receipts and the events of the block. */
  transactionRoot: [8, hash],
  receiptRoot: [9, hash],
  eventRoot: [10, hash],
  /** After executing the block. */
  stateRoot: [11, hash],
  gasUsed: [12, u64('gas')],
  supply: [13, supply],
  /** Seed chain (CON-027): the digest of the seed before and this proposer's VRF output, with the proof. */
  seed: [14, hash],
  vrfProof: [15, bytes(0, 80, 'VRF proof')],
  validatorSet: [16, hash],
  nextValidatorSet: [17, hash],
  /** Root of the evidence and late votes carried by the block; hash of nothing while there are none. */
  evidenceRoot: [18, hash],
})
export type Header = Infer<typeof header>

/** A block is named by its header. */
export function blockHash(of: Header): Hash {
  return domainDigest('block', of.frame, encode(header, of))
}
