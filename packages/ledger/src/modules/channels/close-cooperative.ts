/** `channels.closeCooperative`: pays out a final state at once, also while a dispute runs (CON-113). Anyone may send it. */
import { equalBytes, type Infer } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  channelStateDigest,
  channelsPayloads,
  type Dispute,
  otherParty,
  type Party,
  stateTotal,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext, TransactionKind } from '../../module.ts'
import { closedStale } from './bond-rule.ts'
import { absorbedDeposits, unabsorbed } from './collateral.ts'
import { checkEvidence, evidenceGas } from './evidence.ts'
import { endChannel, feeFloor, payout } from './payout.ts'
import { accessChannel, asParty, readChannel } from './record.ts'

/** A final state ends a dispute if it came in time and nothing newer was shown; of two with one sequence the first stands. */
function checkAgainstDispute(context: ExecutionContext, dispute: Dispute, state: ChannelState): void {
  if (context.height > dispute.deadline)
    throw new LedgerError(
      'CHANNEL_DEADLINE_PASSED',
      `states were accepted until height ${dispute.deadline}: settle the channel`,
    )
  const standing = dispute.state
  const same =
    state.sequence === standing.sequence &&
    equalBytes(channelStateDigest(context.frame, state), channelStateDigest(context.frame, standing))
  if (state.sequence <= standing.sequence && !same)
    throw new LedgerError(
      'CHANNEL_STALE',
      `the dispute stands at sequence ${standing.sequence}: show a newer final state`,
    )
}

/**
 * The bond goes back to the closer, unless a challenge has already proven its close stale: then agreeing afterwards does not
 * save it. A final state that is itself the first answer proves nothing, because it may have been agreed after the close.
 */
function bondOf(dispute: Dispute | undefined): { readonly bonds: [bigint, bigint]; readonly loser?: Party } {
  const bonds: [bigint, bigint] = [0n, 0n]
  if (dispute === undefined) return { bonds }
  const closer = asParty(dispute.closer)
  const stale = closedStale(dispute, dispute.state)
  bonds[stale ? otherParty(closer) : closer] = dispute.bond
  return stale ? { bonds, loser: closer } : { bonds }
}

function requireClosable(channel: ChannelRecord): void {
  if (channel.status !== CHANNEL_STATUS.open && channel.status !== CHANNEL_STATUS.disputed)
    throw new LedgerError('CHANNEL_CLOSED', 'the channel was settled before: nothing is left to close')
}

export const closeCooperative: TransactionKind<Infer<typeof channelsPayloads.closeCooperative>> = {
  kind: 'channels.closeCooperative',
  schema: channelsPayloads.closeCooperative,
  access: accessChannel,
  gas: evidenceGas,
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_CLOSED, CHANNEL_NOT_FINAL, CHANNEL_DEADLINE_PASSED, CHANNEL_STALE,
   * then those of checkEvidence.
   */
  execute(body, context) {
    const { channel: id, state } = body
    const channel = readChannel(context, id)
    requireClosable(channel)
    if (!state.final)
      throw new LedgerError(
        'CHANNEL_NOT_FINAL',
        'only a state signed as final skips the challenge period: sign a final one, or close unilaterally',
      )
    if (channel.dispute !== undefined) checkAgainstDispute(context, channel.dispute, state)
    checkEvidence(context.frame, channel, body)
    const payouts = unabsorbed(
      channel,
      absorbedDeposits(channel, stateTotal(state)) ?? channel.deposits.length,
    )
    payouts[0] += state.balances[0] ?? 0n
    payouts[1] += state.balances[1] ?? 0n
    const { bonds, loser } = bondOf(channel.dispute)
    endChannel(context, id, channel, {
      cooperative: true,
      payouts,
      sequence: state.sequence,
      quote: state.quote,
      auditHeads: state.auditHeads,
      ...(loser === undefined ? {} : { loser }),
      forfeitedBond: loser === undefined ? 0n : bonds[otherParty(loser)],
      fee: feeFloor(context, evidenceGas(body)),
      movement: payout(id, channel, [payouts[0] + bonds[0], payouts[1] + bonds[1]]),
    })
  },
}
