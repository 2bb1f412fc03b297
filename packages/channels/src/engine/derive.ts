/** Derives, names and checks states on top of the newest one that both signed. */
import { domainDigest, encode, equalBytes } from '@symbolon/primitives'
import {
  type ChannelState,
  channelState,
  channelStateDigest,
  otherParty,
  type Party,
  type SignedChannelState,
} from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import { applyOperations, type OperationBatch } from '../operation/apply.ts'
import type { Core, CoreView, OperationGroup, Unsigned } from './core.ts'

/** The state after `batches`; the last batch's operations are the proposer's own. Throws what `applyOperations` throws. */
export function deriveNext(
  core: Core,
  batches: readonly OperationBatch[],
  sequence: bigint,
  view: CoreView,
): Unsigned {
  const state = applyOperations(core.signed.state, batches, sequence, {
    frame: core.frame,
    reserve: core.terms.reserve,
    isKnownTick: view.isKnownTick,
  })
  return unsigned(core, state, batches.at(-1)?.operations ?? [], batches.length > 1)
}

/** Encodes and names a state, once: what is signed, hashed and stored are these bytes. */
export function unsigned(
  core: Pick<Core, 'frame'>,
  state: ChannelState,
  operations: Unsigned['operations'],
  included: boolean,
): Unsigned {
  const encoded = encode(channelState, state)
  return { state, encoded, digest: domainDigest('channel-state', core.frame, encoded), operations, included }
}

/** The groups that apply, in order, after `before`; the others are returned with the error of each. */
export function selectApplicable(
  core: Core,
  before: readonly OperationBatch[],
  groups: readonly OperationGroup[],
  operationsMax: number,
  view: CoreView,
): {
  taken: OperationGroup[]
  refused: { group: OperationGroup; error: unknown }[]
  left: number
  reached: ChannelState
} {
  const taken: OperationGroup[] = []
  const refused: { group: OperationGroup; error: unknown }[] = []
  const context = { frame: core.frame, reserve: core.terms.reserve, isKnownTick: view.isKnownTick }
  let count = 0
  let left = groups.length
  // One group at a time on the growing state: a group that fails takes only itself out of the batch.
  let reached =
    before.length === 0
      ? core.signed.state
      : applyOperations(core.signed.state, before, core.signed.state.sequence, context)
  for (const group of groups) {
    if (count + group.operations.length > operationsMax) break
    left -= 1
    try {
      reached = applyOperations(
        reached,
        [{ proposer: core.party, operations: group.operations }],
        reached.sequence,
        context,
      )
      taken.push(group)
      count += group.operations.length
    } catch (error) {
      refused.push({ group, error })
    }
  }
  return { taken, refused, left, reached }
}

export const operationsOf = (groups: readonly OperationGroup[]): OperationBatch['operations'] =>
  groups.length === 1
    ? (groups[0] as OperationGroup).operations
    : groups.flatMap(({ operations }) => operations)

export const ticketsOf = (groups: readonly OperationGroup[]): number[] => groups.map(({ ticket }) => ticket)

/** Both signatures in party order. */
export function joinSignatures(party: Party, own: Uint8Array, other: Uint8Array): Uint8Array[] {
  return party === 0 ? [own, other] : [other, own]
}

/** Throws CHANNEL_SIGNATURE unless the other side signed this. */
export function requirePeerSignature(
  core: Core,
  digest: Unsigned['digest'],
  signature: Uint8Array,
  view: CoreView,
): void {
  const key = core.terms.keys[otherParty(core.party)] as Uint8Array
  if (!view.verify(signature, digest, key))
    throw new ChannelError(
      'CHANNEL_SIGNATURE',
      'The signature does not fit the state that follows from the announced operations. Nothing was changed.',
    )
}

/** True if both keys of the terms signed this state of this channel. */
export function isFullySigned(
  core: Pick<Core, 'frame' | 'channel' | 'terms'>,
  signed: SignedChannelState,
  verify: CoreView['verify'],
): boolean {
  const state: ChannelState = signed.state
  if (!equalBytes(state.channel, core.channel)) return false
  const digest = channelStateDigest(core.frame, state)
  return [0, 1].every((side) =>
    verify(signed.signatures[side] as Uint8Array, digest, core.terms.keys[side] as Uint8Array),
  )
}
