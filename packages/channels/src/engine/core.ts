/**
 * The co-signing core of one channel: plain data, and functions from (core, input) to (core, outputs). No clock, no
 * randomness, no I/O, no signing: those are outputs, done by the shell (channel.ts), whose completion is the next input.
 *
 * Invariants (asserted by the property tests over random histories):
 *  1. The state with both signatures only grows in sequence.
 *  2. At most one proposal of mine is outstanding, and its sequence is one above the highest state that I can prove with both
 *     signatures (counting what I can complete myself): what the bond rule CON-115 needs.
 *  3. Nothing is sent before the intent that it belongs to is durable.
 */
import type { Amount, Hash } from '@symbolon/primitives'
import type { ChannelState, ChannelTerms, Party, SignedChannelState } from '@symbolon/protocol'
import type { ChannelError } from '../errors.ts'
import type { Link, Message } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { Operation } from '../operation/operation.ts'
import type { EncodedState } from '../storage/encoded-state.ts'
import type { HalfSigned } from '../storage/entry.ts'

/** Operations that stand or fall together; the ticket is how the shell knows whom to tell. */
export interface OperationGroup {
  readonly ticket: number
  readonly operations: readonly Operation[]
}

/** A proposal of mine that waits for the other signature. */
export interface Outstanding {
  readonly half: HalfSigned
  readonly digest: Hash
  readonly groups: readonly OperationGroup[]
}

/** What is being signed and stored; the core takes no other co-signing step meanwhile. */
export type Intent =
  | { readonly kind: 'propose'; readonly half: Unsigned; readonly groups: readonly OperationGroup[] }
  | {
      readonly kind: 'counter'
      readonly half: Unsigned
      readonly groups: readonly OperationGroup[]
      readonly theirs: HalfSigned
      readonly requeued: readonly OperationGroup[]
      readonly refusal?: ChannelError
    }
  | {
      readonly kind: 'accept'
      readonly half: Unsigned
      readonly theirs: HalfSigned
      readonly batches: readonly OperationBatch[]
      readonly settled: readonly number[]
      readonly failed: readonly OperationGroup[]
      readonly reason?: ChannelError
    }
  | {
      readonly kind: 'conclude'
      readonly signed: SignedChannelState
      /** The peer's signature, if `signed` is my outstanding proposal completed by it. */
      readonly completedBy: Uint8Array | undefined
      readonly links: readonly Link[]
      readonly batches: readonly OperationBatch[]
      readonly settled: readonly number[]
      readonly failed: readonly OperationGroup[]
      readonly adopted: boolean
    }

/** A state to be signed, and how it follows from the newest signed one. */
export interface Unsigned extends EncodedState {
  readonly digest: Hash
  readonly operations: readonly Operation[]
  readonly included: boolean
}

export interface Core {
  readonly frame: Hash
  readonly channel: Hash
  readonly terms: ChannelTerms
  readonly party: Party
  readonly signed: SignedChannelState
  readonly links: readonly Link[]
  readonly mine: Outstanding | undefined
  /** The proposal that mine answers: with my signature it is a full state, for a dispute. */
  readonly theirs: HalfSigned | undefined
  readonly intent: Intent | undefined
}

export type Purpose = 'open' | 'propose' | 'accept' | 'void'

export type Output =
  /** Sign `sign` (if given), make the intent durable, then feed `committed`. */
  | {
      readonly kind: 'commit'
      readonly intent: Intent
      readonly sign?: { readonly next: Unsigned; readonly purpose: Purpose }
    }
  | { readonly kind: 'send'; readonly message: Message }
  /** These groups are in a state that both signed and stored. */
  | { readonly kind: 'settled'; readonly tickets: readonly number[] }
  | { readonly kind: 'failed'; readonly tickets: readonly number[]; readonly error: ChannelError }
  /** Propose them again, before anything newer. */
  | { readonly kind: 'requeue'; readonly groups: readonly OperationGroup[] }
  /** The newest signed state changed by these operations (none are known if it was adopted from the peer). */
  | { readonly kind: 'advanced'; readonly batches: readonly OperationBatch[]; readonly adopted: boolean }

export interface Step {
  readonly core: Core
  readonly outputs: readonly Output[]
}

/** What the core asks its surroundings: all of it deterministic given the same knowledge. */
export interface CoreView {
  /** Throws to withhold consent. */
  readonly judge: (base: ChannelState, operations: readonly Operation[]) => void
  readonly isKnownTick: (stream: { id: bigint }, ticks: number, preimage: Uint8Array) => boolean
  readonly verify: (signature: Uint8Array, digest: Hash, publicKey: Uint8Array) => boolean
}

export const step = (core: Core, ...outputs: Output[]): Step => ({ core, outputs })

/** Deposits agreed at the opening: the collateral before later deposits. */
export function openingCollateral(terms: ChannelTerms): Amount {
  return (terms.deposits[0] ?? 0n) + (terms.deposits[1] ?? 0n)
}
