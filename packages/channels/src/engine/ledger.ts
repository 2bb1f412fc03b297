/** The ledger as the engine needs it; the SDK's client and the tests' simulated ledger implement it. */
import type { Hash } from '@symbolon/primitives'
import type { ChannelRecord, Payload } from '@symbolon/protocol'

/** Code of a transaction that took effect. */
export const LEDGER_OK = 'OK'

export interface ChannelLedger {
  readonly frame: Hash
  /** The frame's parameter of this name, checkpoints: how long streams can be redeemed after a dispute's deadline. Default 0. */
  readonly challengeExtension?: bigint
  /** Resolves when the transaction is in a checkpoint: `code` is LEDGER_OK, or the ledger's reason. */
  submit(payload: Payload): Promise<{ height: bigint; code: string }>
  channel(id: Hash): Promise<ChannelRecord | undefined>
  /** Newest height known. */
  height(): bigint
  /** Calls the listener with every change of the record and every new height while the channel is disputed. */
  subscribe(id: Hash, listener: (record: ChannelRecord, height: bigint) => void): () => void
  /** Needed for channels into which party 1 deposits as well: its money moves only under its own signature. */
  readonly cofunding?: Cofunding
}

export type OpenPayload = Extract<Payload, { kind: 'channels.open' }>

/** An opening transaction that both parties sign. Its bytes and the signature mean nothing to the engine. */
export interface Cofunding {
  /** Party 0: the transaction, not signed yet. */
  prepare(payload: OpenPayload): Promise<Uint8Array>
  /** Party 1: signs if the transaction does exactly what the payload says and is the opener's. Throws to refuse. */
  cosign(transaction: Uint8Array, payload: OpenPayload): Promise<Uint8Array>
  /** Party 0: signs, sends, and resolves as `submit` does. */
  submit(transaction: Uint8Array, cosignature: Uint8Array): Promise<{ height: bigint; code: string }>
}
