/** The channel record in the state, and who its parties are. */
import { type Address, asHash, decode, encode, equalBytes, type Hash } from '@symbolon/primitives'
import { type ChannelRecord, channelKey, channelRecord, otherParty, type Party } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { AccessSet, ExecutionContext } from '../../module.ts'
import { GAS_PER_CONDITION } from './limits.ts'

/** What every kind but `open` touches: the record of one channel. Payouts are credits, which need no declaration. */
export function accessChannel(body: { readonly channel: Hash }): AccessSet {
  return { reads: [], writes: [{ namespace: 'channels', key: channelKey(body.channel) }] }
}

/** Charges for the conditions that the record holds, which the transaction alone does not tell. Throws CHANNEL_UNKNOWN. */
export function readChannel(context: ExecutionContext, id: Hash): ChannelRecord {
  const stored = context.read('channels', channelKey(id))
  if (stored === undefined)
    throw new LedgerError(
      'CHANNEL_UNKNOWN',
      'no channel has this identifier in this frame: check the frame and the terms',
    )
  const channel = decode(channelRecord, stored)
  const held = channel.dispute?.state ?? channel.unresolved
  if (held !== undefined)
    context.useGas(GAS_PER_CONDITION * BigInt(held.pending.length + held.streams.length))
  return channel
}

export function writeChannel(context: ExecutionContext, id: Hash, channel: ChannelRecord): void {
  context.write('channels', channelKey(id), encode(channelRecord, channel))
}

export function partyAddress(channel: Pick<ChannelRecord, 'terms'>, of: number): Address {
  const found = channel.terms.parties[of]
  if (found === undefined) throw new LedgerError('CHANNEL_PARTY', 'a channel has the parties 0 and 1')
  return found
}

/** Throws CHANNEL_PARTY unless the sender's address is that party. */
export function requireSender(context: ExecutionContext, channel: ChannelRecord, of: number): void {
  if (!equalBytes(partyAddress(channel, of), context.transaction.body.sender))
    throw new LedgerError(
      'CHANNEL_PARTY',
      `only party ${of} of the channel may send this: send it from its address`,
    )
}

export function asParty(of: number): Party {
  return of === 0 ? 0 : 1
}

/** Channel and parties: what subscriptions to its events filter by. */
export function subjectsOf(id: Hash, channel: ChannelRecord): Uint8Array[] {
  return [id, partyAddress(channel, 0), partyAddress(channel, 1)]
}

/** Who receives a payment or stream. */
export function payeeOf(condition: { readonly payer: number }): Party {
  return otherParty(condition.payer)
}

/** The transaction that ended the channel, for whoever audits the tombstone. */
export function closingOf(context: ExecutionContext): Hash {
  return asHash(context.transaction.id)
}
