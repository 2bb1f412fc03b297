import type { ChannelState } from '@symbolon/protocol'
import type { ChannelLimits } from '../limits.ts'
import type { Operation } from '../operation/operation.ts'
import type { ChannelStore } from '../storage/channel-store.ts'
import type { Channel } from './channel.ts'
import type { ChannelEnvironment } from './environment.ts'
import type { ChannelLedger } from './ledger.ts'
import type { ChannelSigner } from './signer.ts'

/** Everything a channel is given. */
export interface ChannelOptions {
  readonly store: ChannelStore
  readonly signer: ChannelSigner
  readonly ledger: ChannelLedger
  /** 32 bytes from which the seeds of this side's streams follow; keep it like a key. */
  readonly secret: Uint8Array
  readonly limits: ChannelLimits
  readonly environment: ChannelEnvironment
  /** Throws to refuse an operation of the peer: quotes, prices, a final close. */
  readonly consent?: ((operation: Operation, state: ChannelState) => void) | undefined
  /** Application bytes in order with ticks; a promise holds back further reading (backpressure). */
  readonly application?:
    | ((
        bytes: Uint8Array,
        delivered: { run: bigint; units: number } | undefined,
        channel: Channel,
      ) => void | Promise<void>)
    | undefined
}
