/**
 * Evidence from the ledger by which held money moves on. The word of the caller is not enough: whoever could declare a
 * channel closed, or a transaction lost, could spend the same money twice. Everything is proven under a checkpoint.
 */
import { type Amount, asAddress, decode, equalBytes, type Hash } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  CHANNEL_STATUS,
  channelKey,
  channelRecord,
  type Namespace,
  type Receipt,
  type StateProof,
  type TransactionBody,
  type TransactionProof,
  transactionId,
  type Validator,
  verifyStateProof,
  verifyTransactionProof,
} from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'

/** The frame, and the validator set that its checkpoints are verified with. */
export interface LedgerTrust {
  frame: Hash
  validators: readonly Validator[]
}

/** What a settled channel paid out, by party. Errors: EVIDENCE_INVALID (also: still open, or payments unresolved). */
export function channelPayouts(trust: LedgerTrust, channel: Hash, evidence: StateProof): Amount[] {
  const value = provenValue(trust, 'channels', channelKey(channel), evidence)
  const of = value === undefined ? undefined : decode(channelRecord, value)
  if (of?.status !== CHANNEL_STATUS.closed || of.payouts === undefined || of.unresolved !== undefined)
    throw invalid('the channel is not settled yet; ask again when its last payment is resolved')
  return of.payouts
}

/** What became of an included transaction. Errors: EVIDENCE_INVALID. */
export function transactionReceipt(trust: LedgerTrust, intent: Hash, evidence: TransactionProof): Receipt {
  prove(() => verifyTransactionProof(trust.frame, trust.validators, evidence))
  if (!equalBytes(evidence.receipt.transaction, intent))
    throw invalid('the receipt is of another transaction')
  return evidence.receipt
}

/** Proves that a transaction can never be included: its time is over and its nonce unused. Errors: EVIDENCE_INVALID. */
export function verifyNeverIncluded(trust: LedgerTrust, body: TransactionBody, evidence: StateProof): void {
  const value = provenValue(trust, 'accounts', accountKey(asAddress(body.sender)), evidence)
  if (evidence.checkpoint.header.height < body.validUntil)
    throw invalid(
      `transaction ${Buffer.from(transactionId(body)).toString('hex')} can be included until height ${body.validUntil}`,
    )
  if (value !== undefined && decode(accountRecord, value).nonce > body.nonce)
    throw invalid('the nonce is used; prove the outcome by the receipt of the transaction')
}

function provenValue(
  trust: LedgerTrust,
  namespace: Namespace,
  key: Uint8Array,
  evidence: StateProof,
): Uint8Array | undefined {
  prove(() => verifyStateProof(trust.frame, trust.validators, evidence))
  if (evidence.namespace !== namespace || !equalBytes(evidence.key, key))
    throw invalid('it is about another record')
  return evidence.value
}

function prove(check: () => void): void {
  try {
    check()
  } catch (cause) {
    throw invalid('the proof does not hold', cause)
  }
}

function invalid(why: string, cause?: unknown): MandatesError {
  return new MandatesError(
    'EVIDENCE_INVALID',
    `the evidence does not prove it: ${why}`,
    cause === undefined ? {} : { cause },
  )
}
