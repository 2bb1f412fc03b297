/** Turns the events of a block into reputation: scores are computed from settled channels, never assigned (DESIGN §6.9). */
import { type Address, decode } from '@symbolon/primitives'
import {
  channelClosed,
  channelSettled,
  type IdentityRecord,
  identityKey,
  identityRecord,
  identityRegistered,
  type LedgerEvent,
  type ReputationRecord,
} from '@symbolon/protocol'
import type { BlockEndContext } from '../../module.ts'
import { type Counterparty, countDisputeLost, countDisputeWon, countSettlement } from './attribution.ts'
import { readReputation, startReputation, writeReputation } from './record.ts'

/** The live identity's record of the running epoch; nothing counts for an address without one. */
function scored(context: BlockEndContext, of: Address): ReputationRecord | undefined {
  const stored = context.read('identity', identityKey(of))
  const identity: IdentityRecord | undefined =
    stored === undefined ? undefined : decode(identityRecord, stored)
  return identity === undefined || identity.deactivated !== undefined
    ? undefined
    : readReputation(context, of)
}

interface Outcome {
  readonly parties: readonly Address[]
  readonly agreed: boolean
  readonly loser?: number | undefined
  readonly fee: bigint
}

/** Both records are read before either is written: neither party's new count changes the other's weight. */
function attribute(context: BlockEndContext, { parties, agreed, loser, fee }: Outcome): void {
  const records = parties.map((party) => scored(context, party))
  for (const [party, address] of parties.entries()) {
    const before = records[party]
    const other = parties[1 - party]
    if (before === undefined || other === undefined) continue
    const by: Counterparty = { address: other, score: BigInt(records[1 - party]?.score ?? 0) }
    let after = before
    if (loser === party) after = countDisputeLost(before)
    else if (loser !== undefined) after = countDisputeWon(before, by)
    else if (agreed) after = countSettlement(before, by, fee, context.parameters)
    if (after !== before) writeReputation(context, address, after)
  }
}

export function onBlockEnd(events: readonly LedgerEvent[], context: BlockEndContext): void {
  for (const { type, data } of events) {
    if (type === 'identity.registered') startReputation(context, decode(identityRegistered, data).subject)
    else if (type === 'channels.settled')
      attribute(context, { ...decode(channelSettled, data), agreed: false })
    else if (type === 'channels.closed') {
      // The end of a disputed channel was counted when it settled.
      const closed = decode(channelClosed, data)
      if (closed.cooperative) attribute(context, { ...closed, agreed: true })
    }
  }
}
