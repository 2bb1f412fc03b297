/**
 * A transaction on its way into a block: its bytes, what they say, and what can be said of it without the state. All of it
 * is computed once, however often the transaction is checked, proposed or executed.
 */
import { type Address, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import { decodeTransaction, encodeTransaction, identityKey, type Transaction } from '@symbolon/protocol'
import {
  GAS_PER_BYTE,
  GAS_PER_DECLARED_READ,
  GAS_PER_DECLARED_WRITE,
  GAS_PER_SIGNATURE,
  GAS_TRANSACTION,
} from '../limits.ts'
import type { AccessSet } from '../module.ts'
import type { ModuleRegistry, RegisteredKind } from '../module-registry.ts'

/** What a registry says of a transaction. */
export interface Plan {
  readonly registered: RegisteredKind
  readonly access: AccessSet
  /** Gas charged before execution. */
  readonly gas: bigint
}

export class TransactionCandidate {
  readonly bytes: Uint8Array
  readonly id: Hash
  readonly transaction: Transaction
  /** The sender's address as a map key. */
  readonly senderKey: string
  /** Public keys of all signatures, the sender's first. */
  readonly signers: readonly Uint8Array[]
  /** Whether every signature is valid; undefined until a SignatureVerifier has looked. */
  signaturesValid: boolean | undefined = undefined
  #plan: Plan | undefined
  #planOf: ModuleRegistry | undefined

  private constructor(bytes: Uint8Array, id: Hash, transaction: Transaction) {
    this.bytes = bytes
    this.id = id
    this.transaction = transaction
    this.senderKey = hashKey(transaction.body.sender)
    const { signatures } = transaction
    this.signers = new Array(signatures.length)
    for (let i = 0; i < signatures.length; i++)
      (this.signers as Uint8Array[])[i] = (signatures[i] as Transaction['signatures'][number]).publicKey
  }

  /** Throws SchemaError unless `bytes` is one canonical envelope. The bytes are kept, not copied. */
  static decode(bytes: Uint8Array): TransactionCandidate {
    const { transaction, id } = decodeTransaction(bytes)
    return new TransactionCandidate(bytes, id, transaction)
  }

  static of(transaction: Transaction): TransactionCandidate {
    return TransactionCandidate.decode(encodeTransaction(transaction))
  }

  /** Undefined if no module executes the kind. */
  plan(registry: ModuleRegistry): Plan | undefined {
    if (this.#planOf === registry) return this.#plan
    this.#planOf = registry
    this.#plan = planOf(this, registry)
    return this.#plan
  }
}

function planOf(
  { bytes, transaction: { body, signatures } }: TransactionCandidate,
  registry: ModuleRegistry,
): Plan | undefined {
  const registered = registry.find(body.payload.kind)
  if (registered === undefined) return undefined
  const access = withCoSigners(registered.kind.access(body.payload.body, body), body.coSigners)
  // Small integers: all of them together stay far below 2^53.
  const gas =
    GAS_TRANSACTION +
    GAS_PER_SIGNATURE * signatures.length +
    GAS_PER_BYTE * bytes.length +
    GAS_PER_DECLARED_READ * access.reads.length +
    GAS_PER_DECLARED_WRITE * access.writes.length
  return { registered, access, gas: BigInt(gas) + registered.kind.gas(body.payload.body, body) }
}

/** Which key speaks for a co-signer is in its identity record: read for every transaction that names one. */
function withCoSigners(access: AccessSet, coSigners: readonly Address[] | undefined): AccessSet {
  if (coSigners === undefined) return access
  const declared = [...access.reads, ...access.writes]
  const missing = coSigners
    .map((address) => ({ namespace: 'identity' as const, key: identityKey(address) }))
    .filter(
      ({ key }, place, all) =>
        all.findIndex((other) => equalBytes(other.key, key)) === place &&
        !declared.some((other) => other.namespace === 'identity' && equalBytes(other.key, key)),
    )
  return { reads: [...access.reads, ...missing], writes: access.writes }
}
