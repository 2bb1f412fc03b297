/**
 * What a ledger module is. A module owns one namespace of the state and declares, for each transaction kind, its access
 * set (a function of the transaction alone), its gas, and its execution (a function of the transaction and the declared
 * state alone). Modules never call each other: they meet through declared keys and through events. Adding a capability
 * to the ledger is adding a folder and naming it in modules.ts.
 */
import type { Address, Amount, Hash, Schema } from '@symbolon/primitives'
import type {
  Bucket,
  LedgerEvent,
  Namespace,
  Parameters,
  TransactionBody,
  TransactionKindName,
} from '@symbolon/protocol'

/** A place in the state. */
export interface StateKey {
  readonly namespace: Namespace
  readonly key: Uint8Array
}

/**
 * Declared accesses (CON-072). `writes` may also be read. Credits are commutative deltas that are merged after all components
 * (CON-077), so they need no declaration and never serialise two transactions. The kernel adds by itself, for every
 * transaction: write of the sender's account, read of the sender's identity and of each co-signer's (which key may sign).
 */
export interface AccessSet {
  readonly reads: readonly StateKey[]
  readonly writes: readonly StateKey[]
}

/** One side of a movement of base units. For `liquid` the owner is an address; otherwise the record that holds them. */
export interface Leg {
  readonly bucket: Bucket
  readonly owner: Uint8Array
  readonly amount: Amount
}

export interface Movement {
  readonly debits: readonly Leg[]
  readonly credits: readonly Leg[]
}

/** An event as a module states it; the kernel adds height, index and transaction. */
export interface Emission {
  /** `module.what`; must start with the emitting module's name. */
  readonly type: LedgerEvent['type']
  readonly subjects: readonly Uint8Array[]
  /** Canonical CBOR, see `EVENT_SCHEMAS` of the module. */
  readonly data?: Uint8Array
  /**
   * The movement that this event records. Debits of `liquid` are taken at once from the (declared) account and fail with
   * INSUFFICIENT_BALANCE; credits of `liquid` land at the end of the block. For other buckets the module keeps the
   * amounts in its own records and the kernel keeps the totals.
   */
  readonly movement?: Movement
}

/** All that an execution may see or do. Anything undeclared aborts the transaction with UNDECLARED_ACCESS. */
export interface ExecutionContext {
  readonly frame: Hash
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
  readonly transaction: {
    readonly id: Hash
    readonly body: TransactionBody /** Current keys of the sender and of the co-signers that the body names, which signed. */
    readonly signers: readonly Uint8Array[]
  }
  read(namespace: Namespace, key: Uint8Array): Uint8Array | undefined
  /** Writes a value, or deletes the key when `value` is undefined. Only keys of the module's own namespace. */
  write(namespace: Namespace, key: Uint8Array, value: Uint8Array | undefined): void
  /** Charges gas beyond the kind's base gas; OUT_OF_GAS aborts. */
  useGas(amount: bigint): void
  emit(emission: Emission): void
}

export interface TransactionKind<B> {
  readonly kind: TransactionKindName
  readonly schema: Schema<B>
  access(body: B, transaction: TransactionBody): AccessSet
  /** Gas charged before execution; a function of the transaction alone. */
  gas(body: B, transaction: TransactionBody): bigint
  /** Throws a LedgerError for which the transaction has no effect but its fee and nonce. */
  execute(body: B, context: ExecutionContext): void
}

/** What the end of a block may see and do, serially, after all components are merged. */
export interface BlockEndContext {
  readonly frame: Hash
  readonly height: bigint
  readonly epoch: bigint
  readonly parameters: Parameters
  read(namespace: Namespace, key: Uint8Array): Uint8Array | undefined
  write(namespace: Namespace, key: Uint8Array, value: Uint8Array | undefined): void
  emit(emission: Emission): void
}

export interface LedgerModule {
  /** Prefix of its transaction kinds and event types. */
  readonly name: string
  readonly namespace: Namespace
  // biome-ignore lint/suspicious/noExplicitAny: each kind checks its own body; the map erases which
  readonly kinds: readonly TransactionKind<any>[]
  /** Schemas of the `data` of the event types that it authors. */
  readonly events: Readonly<Record<string, Schema<unknown>>>
  /** Reacts to the events of the block, its own and other modules', in their order (for example: reputation from settled channels). */
  onBlockEnd?(events: readonly LedgerEvent[], context: BlockEndContext): void
}

/** For access sets and events that name accounts. */
export type { Address }
