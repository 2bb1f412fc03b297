/** Payments out of a channel: the legs of the movement, and the event that ends the channel. */
import { type Amount, encode, type Hash } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelClosed,
  type ChannelRecord,
  channelClosed,
  type Party,
} from '@symbolon/protocol'
import { feeFloor } from '../../execution/fees.ts'
import type { ExecutionContext, Movement } from '../../module.ts'
import { contributed } from './collateral.ts'
import { closingOf, partyAddress, subjectsOf, writeChannel } from './record.ts'

/** From the channel's bucket to the parties' liquid balances, as credits at the end of the block; no empty legs. */
export function payout(id: Hash, channel: ChannelRecord, amounts: readonly [Amount, Amount]): Movement {
  const total = amounts[0] + amounts[1]
  const credits = ([0, 1] as const)
    .filter((party) => amounts[party] > 0n)
    .map(
      (party) => ({ bucket: 'liquid', owner: partyAddress(channel, party), amount: amounts[party] }) as const,
    )
  return { debits: total > 0n ? [{ bucket: 'channel', owner: id, amount: total }] : [], credits }
}

export interface Ending {
  readonly cooperative: boolean
  readonly payouts: readonly [Amount, Amount]
  readonly sequence: bigint
  readonly quote?: Hash | undefined
  readonly auditHeads?: Hash[] | undefined
  readonly loser?: Party
  readonly forfeitedBond: Amount
  readonly fee: Amount
  /** What leaves the channel with this event; absent if all of it left before. */
  readonly movement?: Movement
}

/** Leaves the tombstone, which keeps the identifier from ever being used again, and says that the channel is closed. */
export function endChannel(
  context: ExecutionContext,
  id: Hash,
  channel: ChannelRecord,
  ending: Ending,
): void {
  const put = contributed(channel)
  const received = ([0, 1] as const).map((party) => {
    const gain = ending.payouts[party] - put[party]
    return gain > 0n ? gain : 0n
  })
  writeChannel(context, id, {
    terms: channel.terms,
    status: CHANNEL_STATUS.closed,
    opened: channel.opened,
    collateral: channel.collateral,
    deposits: channel.deposits,
    payouts: [...ending.payouts],
    closed: context.height,
    finalSequence: ending.sequence,
    closing: closingOf(context),
  })
  const data: ChannelClosed = {
    channel: id,
    parties: channel.terms.parties,
    cooperative: ending.cooperative,
    payouts: [...ending.payouts],
    sequence: ending.sequence,
    quote: ending.quote,
    auditHeads: ending.auditHeads,
    received,
    loser: ending.loser,
    forfeitedBond: ending.forfeitedBond,
    fee: ending.fee,
  }
  context.emit({
    type: 'channels.closed',
    subjects: subjectsOf(id, channel),
    data: encode(channelClosed, data),
    ...(ending.movement === undefined ? {} : { movement: ending.movement }),
  })
}

export { feeFloor }
