/**
 * Reading transactions fast. The identifier is the digest of the body's canonical bytes, and these stand as they are inside
 * the envelope, so a reader that has just decoded them need not encode the body again to know the identifier.
 */
import { decode, encode, type Hash, list, record, type Schema, sha256, utf8 } from '@symbolon/primitives'
import { SIGNATURES_MAX, TRANSACTION_BYTES_MAX } from '../limits.ts'
import {
  type Transaction,
  type TransactionBody,
  transaction,
  transactionBody,
  transactionSignature,
} from './envelope.ts'
import { readTransfer } from './transfer-fast-path.ts'

// Decoding is synchronous, so one pair of offsets serves every call.
let bodyStart = 0
let bodyEnd = 0

const located: Schema<TransactionBody> = {
  ...transactionBody,
  decodeFrom(reader) {
    bodyStart = reader.offset
    const body = transactionBody.decodeFrom(reader)
    bodyEnd = reader.offset
    return body
  },
}

/** The same envelope as `transaction`; the tests hold the two together. */
const locatedEnvelope = record('signed-transaction', {
  body: [1, located],
  signatures: [2, list(transactionSignature, SIGNATURES_MAX, { lengthMin: 1 })],
})

export function encodeTransaction(of: Transaction): Uint8Array {
  return encode(transaction, of)
}

/** Throws SchemaError for anything but one canonical envelope of at most TRANSACTION_BYTES_MAX bytes. */
export function decodeTransaction(encoded: Uint8Array): { transaction: Transaction; id: Hash } {
  const transfer = readTransfer(encoded)
  if (transfer !== undefined)
    return {
      transaction: transfer.transaction,
      id: idOf(transfer.transaction.body.frame, encoded, 2, transfer.bodyEnd),
    }
  const decoded = decode(locatedEnvelope, encoded, TRANSACTION_BYTES_MAX)
  return { transaction: decoded, id: idOf(decoded.body.frame, encoded, bodyStart, bodyEnd) }
}

/** What domainDigest computes, in a buffer that is kept. */
const PREFIX = utf8('symbolon/1/transaction\0')
const preimage = new Uint8Array(PREFIX.length + 32 + TRANSACTION_BYTES_MAX)
preimage.set(PREFIX)

function idOf(frame: Hash, encoded: Uint8Array, start: number, end: number): Hash {
  preimage.set(frame, PREFIX.length)
  preimage.set(encoded.subarray(start, end), PREFIX.length + 32)
  return sha256(preimage.subarray(0, PREFIX.length + 32 + end - start)) as Hash
}
