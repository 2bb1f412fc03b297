/** `channels.settle`: after the deadline, pays out the state that stands. Anyone may send it. */
import { encode, type Infer } from '@symbolon/primitives'
import { CHANNEL_STATUS, channelSettled, channelsPayloads, otherParty } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { redemptionDeadline } from './deadline.ts'
import { readDispute } from './dispute.ts'
import { GAS_RECORD } from './limits.ts'
import { endChannel, feeFloor, payout } from './payout.ts'
import { accessChannel, asParty, closingOf, subjectsOf, writeChannel } from './record.ts'
import { settlementOf } from './settlement.ts'

export const settle: TransactionKind<Infer<typeof channelsPayloads.settle>> = {
  kind: 'channels.settle',
  schema: channelsPayloads.settle,
  access: accessChannel,
  gas: () => GAS_RECORD,
  /** In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_DISPUTED, CHANNEL_CHALLENGE_OPEN (too early). */
  execute({ channel: id }, context) {
    const { channel, dispute } = readDispute(context, id)
    const last = redemptionDeadline(dispute, context.parameters)
    if (context.height <= last)
      throw new LedgerError(
        'CHANNEL_CHALLENGE_OPEN',
        `the close can be answered until height ${last}: settle after it`,
        {
          details: { last },
        },
      )
    const { payouts, unresolved, loser, forfeitedReserve } = settlementOf(channel, dispute, context.height)
    const closer = asParty(dispute.closer)
    const paid: [bigint, bigint] = [payouts[0], payouts[1]]
    paid[loser === undefined ? closer : otherParty(loser)] += dispute.bond
    const { state } = dispute
    const fee = feeFloor(context, GAS_RECORD)
    context.emit({
      type: 'channels.settled',
      subjects: subjectsOf(id, channel),
      data: encode(channelSettled, {
        channel: id,
        parties: channel.terms.parties,
        closer,
        loser,
        forfeitedBond: loser === undefined ? 0n : dispute.bond,
        forfeitedReserve,
        payouts: [...payouts],
        unresolved: unresolved.reduce((sum, { amount }) => sum + amount, 0n),
        sequence: state.sequence,
        quote: state.quote,
        auditHeads: state.auditHeads,
        fee,
      }),
      movement: payout(id, channel, paid),
    })
    if (unresolved.length === 0) {
      endChannel(context, id, channel, {
        cooperative: false,
        payouts,
        sequence: state.sequence,
        quote: state.quote,
        auditHeads: state.auditHeads,
        ...(loser === undefined ? {} : { loser }),
        forfeitedBond: loser === undefined ? 0n : dispute.bond,
        fee,
      })
      return
    }
    writeChannel(context, id, {
      terms: channel.terms,
      status: CHANNEL_STATUS.settling,
      opened: channel.opened,
      collateral: channel.collateral,
      deposits: channel.deposits,
      payouts: [...payouts],
      unresolved: { ...state, balances: [0n, 0n], streams: [], pending: [...unresolved] },
      finalSequence: state.sequence,
      closing: closingOf(context),
    })
  },
}
