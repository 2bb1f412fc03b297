/**
 * The transaction envelope. What is signed is the digest of the body in the domain `transaction` of the frame; that digest
 * is also the transaction's identifier, so an identifier can never be moved to another frame or another body.
 */
import {
  type Address,
  address,
  addressOf,
  amount,
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
  union,
} from '@symbolon/primitives'
import { SIGNATURES_MAX } from '../limits.ts'
import * as accounts from './accounts.ts'
import * as channels from './channels.ts'
import * as identity from './identity.ts'
import * as reputation from './reputation.ts'

/** Every transaction kind of this version. Tags are the wire's names: never reused. Ranges of 100 per module. */
export const payload = union('payload', {
  'accounts.transfer': [100, accounts.transfer],
  'accounts.transferBatch': [101, accounts.transferBatch],
  'identity.register': [200, identity.register],
  'identity.update': [201, identity.update],
  'identity.rotate': [202, identity.rotate],
  'identity.deactivate': [203, identity.deactivate],
  'identity.withdraw': [204, identity.withdraw],
  'channels.open': [300, channels.open],
  'channels.deposit': [301, channels.deposit],
  'channels.closeCooperative': [302, channels.closeCooperative],
  'channels.closeUnilateral': [303, channels.closeUnilateral],
  'channels.challenge': [304, channels.challenge],
  'channels.claimHtlc': [305, channels.claimHtlc],
  'channels.timeoutHtlc': [306, channels.timeoutHtlc],
  'channels.redeemStream': [307, channels.redeemStream],
  'channels.settle': [308, channels.settle],
  'reputation.attest': [400, reputation.attest],
  'reputation.publish': [401, reputation.publish],
  'reputation.challenge': [402, reputation.challenge],
})
export type Payload = Infer<typeof payload>
export type TransactionKindName = Payload['kind']

export const transactionBody = record('transaction', {
  frame: [1, hash],
  sender: [2, address],
  /** Starts at 0 and grows by one with every included transaction of the sender, failed ones too. */
  nonce: [3, u64('nonce')],
  /** The most that is paid if the whole gas limit is used; the charge is ceil(fee × gasUsed ÷ gasLimit). */
  fee: [4, amount],
  gasLimit: [5, u64('gas limit', 1_000_000_000n)],
  /** Last height at which it may be included. */
  validUntil: [6, u64('valid-until height')],
  payload: [7, payload],
  /** Any digest that the sender wants timestamped by the frame, such as the head of an audit log. */
  anchor: [8, optional(hash)],
  /**
   * Addresses whose current keys sign after the sender's, in this order. Being signed, the list can be neither shortened nor
   * extended by who carries the transaction: one with other signatures than these is not included, and costs nothing.
   */
  coSigners: [9, optional(list(address, SIGNATURES_MAX - 1, { lengthMin: 1 }))],
})
export type TransactionBody = Infer<typeof transactionBody>

export const transactionSignature = record('signature', {
  publicKey: [1, fixedBytes(32, 'public key')],
  signature: [2, fixedBytes(64, 'signature')],
})

/** The sender's signature, then those of the co-signers that the body names. */
export const transaction = record('signed-transaction', {
  body: [1, transactionBody],
  signatures: [2, list(transactionSignature, SIGNATURES_MAX, { lengthMin: 1 })],
})
export type Transaction = Infer<typeof transaction>

export function transactionId(body: TransactionBody): Hash {
  return domainDigest('transaction', body.frame, encode(transactionBody, body))
}

/** Anything that signs a digest and says with which key; a mandate's interceptor stands behind it where money moves. */
export interface Signer {
  readonly publicKey: Uint8Array
  sign(digest: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** Signs the body with each signer, the sender first. */
export async function signTransaction(
  body: TransactionBody,
  signers: readonly Signer[],
): Promise<Transaction> {
  const id = transactionId(body)
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ publicKey: signer.publicKey, signature: await signer.sign(id) })),
  )
  return { body, signatures }
}

/** True if the key created the address (no rotation yet). A rotated key is checked against the identity record. */
export function isGenesisKey(of: Address, publicKey: Uint8Array): boolean {
  const own = addressOf(publicKey)
  return own.every((byte, i) => byte === of[i])
}
