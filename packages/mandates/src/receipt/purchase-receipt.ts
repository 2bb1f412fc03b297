/**
 * The receipt of one purchase: every artifact on its path, so that a third party can walk it again (`ch09-10` PL-7, AL-1).
 *
 * Records of the market and of credentials are held as the bytes that were signed; whoever verifies passes decoders for
 * them, and their formats stay with the packages that define them. Of the credential it holds what is public: identifier,
 * caveats and preimage. Its HMAC tag is a bearer secret of others and proves nothing without the minter's key; what
 * authenticates it is the signed challenge with the same payment hash.
 */
import {
  bytes,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { STREAM_TICKS_MAX, signedChannelState, stateProof, transactionProof } from '@symbolon/protocol'
import { auditDisclosure } from '../audit/index.ts'
import { signedMandate } from '../budget/index.ts'
import { DEPTH_MAX } from '../limits.ts'

const RECORD_BYTES_MAX = 65_536
const CAVEATS_MAX = 64

/** A record of another package as it was signed, signatures inside. */
const signedBytes = bytes(1, RECORD_BYTES_MAX, 'signed record')

export const purchaseReceipt = record('purchase-receipt', {
  frame: [1, hash],
  /** From the principal to the buyer. */
  mandates: [2, list(signedMandate, DEPTH_MAX, { lengthMin: 1, name: 'mandates' })],
  descriptor: [3, signedBytes],
  quote: [4, signedBytes],
  /** Doubly signed service-level commitment. */
  commitment: [5, signedBytes],
  /** The channel's terms and both signatures under its opening state are in this transaction. */
  open: [6, transactionProof],
  challenge: [
    7,
    record('signed-challenge', { bytes: [1, signedBytes], signature: [2, fixedBytes(64, 'signature')] }),
  ],
  credential: [
    8,
    record('credential', {
      identifier: [1, bytes(1, 1_024, 'identifier')],
      caveats: [2, list(bytes(1, 1_024, 'caveat'), CAVEATS_MAX)],
      preimage: [3, fixedBytes(32, 'preimage')],
    }),
  ],
  /** The doubly signed state that opened the stream, the stream in it, and the deepest preimage shown. */
  stream: [
    9,
    record('stream-payment', {
      state: [1, signedChannelState],
      id: [2, u64('stream id')],
      ticks: [3, uint(STREAM_TICKS_MAX, 'ticks')],
      preimage: [4, fixedBytes(32, 'preimage')],
    }),
  ],
  /** RFC 9162 root of the goods, and how many units were verified against it. */
  goods: [10, optional(record('goods', { root: [1, hash], verified: [2, u64('units')] }))],
  final: [11, signedChannelState],
  /** The transaction that closed the channel: `channels.closeCooperative`, or `channels.settle` with `closed`. */
  close: [12, transactionProof],
  /** The ledger's record of the closed channel, after a unilateral close. */
  closed: [13, optional(stateProof)],
  /** The decision of the buyer's interceptor, in the log whose anchor stands in the closing transaction. */
  audit: [14, auditDisclosure],
})
export type PurchaseReceipt = Infer<typeof purchaseReceipt>

/** Names the receipt, and is what its issuer signs. */
export function purchaseReceiptDigest(of: PurchaseReceipt): Hash {
  return domainDigest('purchase-receipt', of.frame, encode(purchaseReceipt, of))
}
