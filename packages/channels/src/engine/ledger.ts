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
}
