/**
 * May this transaction be included now? The same function guards the mempool, the proposer and the re-execution, so they
 * cannot disagree (CON-055). A refused transaction changes nothing and pays nothing.
 */
import { type Address, decode, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import {
  type AccountRecord,
  DECLARED_KEYS_MAX,
  identityRecord,
  isGenesisKey,
  type Parameters,
} from '@symbolon/protocol'
import { KNOWN_KEYS_MAX } from '../limits.ts'
import type { ModuleRegistry } from '../module-registry.ts'
import type { TransactionCandidate } from './candidate.ts'

/** In order of precedence. TRANSACTION_MALFORMED also stands for bytes that do not decode. */
export const INCLUSION_CODES = [
  'TRANSACTION_MALFORMED',
  'TRANSACTION_FRAME',
  'TRANSACTION_EXPIRED',
  'TRANSACTION_SIGNATURE',
  'SENDER_KEY',
  'COSIGNER_KEY',
  'NONCE_TOO_LOW',
  'NONCE_GAP',
  'FEE_TOO_LOW',
  'INSUFFICIENT_BALANCE',
  'GAS_LIMIT_TOO_LOW',
  'DECLARED_KEYS_EXCEEDED',
] as const
export type InclusionCode = (typeof INCLUSION_CODES)[number]

export interface InclusionRefusal {
  readonly code: InclusionCode
  readonly message: string
}

/** What does not change from one transaction of a block to the next. */
export interface InclusionRules {
  readonly frame: Hash
  /** Height of the block that would include it. */
  readonly height: bigint
  readonly parameters: Parameters
  readonly registry: ModuleRegistry
}

/** What the check reads of the state: the sender's account, zero if there is none, and its encoded identity record. */
export interface SenderView {
  account(address: Uint8Array, key: string): Readonly<AccountRecord>
  identity(address: Uint8Array, key: string): Uint8Array | undefined
}

const MICRO = 1_000_000n

/**
 * The first reason against inclusion, or undefined. With `gapAllowed` a nonce ahead of the account's is no reason: the
 * mempool keeps such a transaction until its predecessors arrive (CON-056).
 */
export function checkTransaction(
  candidate: TransactionCandidate,
  view: SenderView,
  rules: InclusionRules,
  options: { gapAllowed?: boolean } = {},
): InclusionRefusal | undefined {
  const { body } = candidate.transaction
  const plan = candidate.plan(rules.registry)
  if (plan === undefined)
    return refuse('TRANSACTION_MALFORMED', `this frame has no module for ${body.payload.kind}`)
  if (!equalBytes(body.frame, rules.frame))
    return refuse('TRANSACTION_FRAME', 'the transaction is signed for another frame')
  if (body.validUntil < rules.height)
    return refuse(
      'TRANSACTION_EXPIRED',
      `valid until height ${body.validUntil}, the block is ${rules.height}: sign it anew`,
    )
  if (candidate.signaturesValid !== true)
    return refuse('TRANSACTION_SIGNATURE', 'a signature does not verify under its public key')
  const identity = view.identity(body.sender, candidate.senderKey)
  if (!mayAct(body.sender, identity, candidate.signers[0] as Uint8Array, candidate.senderKey))
    return refuse('SENDER_KEY', "the first signature is not by the sender's current key")
  const wrong = wrongCoSigner(candidate, view)
  if (wrong !== undefined) return wrong
  const account = view.account(body.sender, candidate.senderKey)
  if (body.nonce < account.nonce)
    return refuse('NONCE_TOO_LOW', `nonce ${body.nonce} is used up, the next is ${account.nonce}`)
  if (body.nonce > account.nonce && options.gapAllowed !== true)
    return refuse('NONCE_GAP', `nonce ${body.nonce} is too early, the next is ${account.nonce}`)
  const { gasPriceMinimum } = rules.parameters
  // The default price of one base unit per gas needs no multiplication.
  const underpriced =
    gasPriceMinimum === MICRO ? body.fee < body.gasLimit : body.fee * MICRO < gasPriceMinimum * body.gasLimit
  if (underpriced)
    return refuse(
      'FEE_TOO_LOW',
      `the fee must be at least ${(gasPriceMinimum * body.gasLimit + MICRO - 1n) / MICRO} base units`,
    )
  if (account.balance < body.fee)
    return refuse(
      'INSUFFICIENT_BALANCE',
      `the account holds ${account.balance} base units, the fee may take ${body.fee}`,
    )
  if (body.gasLimit < plan.gas || body.gasLimit > rules.parameters.blockGasLimit)
    return refuse(
      'GAS_LIMIT_TOO_LOW',
      `the gas limit must be from ${plan.gas} to ${rules.parameters.blockGasLimit}`,
    )
  const declared = plan.access.reads.length + plan.access.writes.length
  if (declared > DECLARED_KEYS_MAX)
    return refuse(
      'DECLARED_KEYS_EXCEEDED',
      `${declared} declared keys, at most ${DECLARED_KEYS_MAX} (DECLARED_KEYS_MAX)`,
    )
  return undefined
}

function refuse(code: InclusionCode, message: string): InclusionRefusal {
  return { code, message }
}

const NOBODY: readonly Address[] = []

/** The signatures after the sender's must be those of the co-signers that the body names: no more, no fewer, in their order. */
function wrongCoSigner(
  { transaction, signers }: TransactionCandidate,
  view: SenderView,
): InclusionRefusal | undefined {
  const { coSigners = NOBODY } = transaction.body
  if (signers.length !== 1 + coSigners.length)
    return refuse(
      'COSIGNER_KEY',
      `the body names ${coSigners.length} co-signers, the envelope carries ${signers.length - 1} signatures after the sender's`,
    )
  for (const [place, address] of coSigners.entries()) {
    const key = hashKey(address)
    if (!mayAct(address, view.identity(address, key), signers[place + 1] as Uint8Array, key))
      return refuse('COSIGNER_KEY', `signature ${place + 1} is not by the current key of co-signer ${place}`)
  }
  return undefined
}

/**
 * Whether `publicKey` signs for the address now: the key that created it, unless the address has an identity record, then the
 * record's current key. A deactivated identity speaks for nobody any more, but its last key still moves its account's money:
 * bonds and payouts that come back later would be lost otherwise.
 */
export function mayAct(
  address: Address,
  identity: Uint8Array | undefined,
  publicKey: Uint8Array,
  addressKey: string = hashKey(address),
): boolean {
  if (identity === undefined) return createdBy(address, addressKey, publicKey)
  const record = decode(identityRecord, identity)
  const current = record.keys.find((key) => key.until === undefined) ?? record.keys.at(-1)
  return current !== undefined && equalBytes(current.publicKey, publicKey)
}

/** By hashKey of the address, the public key that is known to have created it: the hash costs a twentieth of an execution. */
const creators = new Map<string, Uint8Array>()

function createdBy(address: Address, addressKey: string, publicKey: Uint8Array): boolean {
  const known = creators.get(addressKey)
  if (known !== undefined) return equalBytes(known, publicKey)
  if (!isGenesisKey(address, publicKey)) return false
  if (creators.size >= KNOWN_KEYS_MAX) creators.clear()
  creators.set(addressKey, publicKey)
  return true
}
