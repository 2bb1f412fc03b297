/** A channel that must be disputed for what comes. */
import type { Hash } from '@symbolon/primitives'
import { CHANNEL_STATUS, type ChannelRecord, type Dispute } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext } from '../../module.ts'
import { redemptionDeadline } from './deadline.ts'
import { readChannel } from './record.ts'

/** Throws CHANNEL_UNKNOWN or CHANNEL_NOT_DISPUTED. */
export function readDispute(
  context: ExecutionContext,
  id: Hash,
): { channel: ChannelRecord; dispute: Dispute } {
  const channel = readChannel(context, id)
  return { channel, dispute: requireDispute(channel) }
}

export function requireDispute(channel: ChannelRecord): Dispute {
  if (channel.status !== CHANNEL_STATUS.disputed || channel.dispute === undefined)
    throw new LedgerError(
      'CHANNEL_NOT_DISPUTED',
      'no dispute runs in this channel: close it unilaterally first',
    )
  return channel.dispute
}

/** Throws CHANNEL_DEADLINE_PASSED once preimages come too late for the settlement. */
export function requireRedeemable(context: ExecutionContext, dispute: Dispute): void {
  const last = redemptionDeadline(dispute, context.parameters)
  if (context.height > last)
    throw new LedgerError(
      'CHANNEL_DEADLINE_PASSED',
      `preimages were accepted until height ${last}: settle the channel`,
    )
}
