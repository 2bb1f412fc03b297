/** The engine holds no key: it asks, and may be told no. */
import type { Hash } from '@symbolon/primitives'
import type { ChannelState, ChannelTerms, Party } from '@symbolon/protocol'
import type { Operation } from '../operation/operation.ts'
import type { Purpose } from './core.ts'

/** What a signer is asked to sign. `digest` is `channelStateDigest(frame, next)`, given so that it is computed once. */
export interface StateProposal {
  readonly frame: Hash
  /** Newest state that both signed; absent for the opening state. */
  readonly previous: ChannelState | undefined
  readonly next: ChannelState
  readonly party: Party
  readonly purpose: Purpose
  readonly digest: Hash
  /** Only for the purpose `open`: what the opening state follows from. */
  readonly terms?: ChannelTerms
  /** Of the last proposer. */
  readonly operations: readonly Operation[]
}

/**
 * A mandate's interceptor stands behind it. Throwing refuses: the update fails with CHANNEL_SIGNER_REFUSED (the reason as
 * cause) and nothing changes. `void` states repeat the newest signed content and should not be refused.
 */
export interface ChannelSigner {
  readonly publicKey: Uint8Array
  signState(proposal: StateProposal): Uint8Array | Promise<Uint8Array>
  /**
   * Signs the domain digest `channel-hello` of these bytes, which moves no money. The signer computes the digest itself: one
   * that signed any digest it is given would sign a state as well.
   */
  signHello(frame: Hash, hello: Uint8Array): Uint8Array | Promise<Uint8Array>
}
