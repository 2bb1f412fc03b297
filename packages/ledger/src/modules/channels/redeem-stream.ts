/**
 * `channels.redeemStream`: pays a stream of the standing state up to the deepest preimage shown (DESIGN §5.8).
 *
 * Commitment: root, tick value and length in the doubly signed state. Verification: the walk from the preimage with the
 * stream's own tag arrives at the root after exactly `ticks` steps. Storage: one counter. Double spending: the counter
 * only grows, and settles once. Expiry: the redemption deadline.
 */
import { encode, type Infer } from '@symbolon/primitives'
import { channelRedeemed, channelsPayloads, streamTag, verifyTick } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { readDispute, requireRedeemable } from './dispute.ts'
import { GAS_PER_TICK, GAS_RECORD } from './limits.ts'
import { accessChannel, payeeOf, subjectsOf, writeChannel } from './record.ts'
import { redeemedTicks } from './settlement.ts'

export const redeemStream: TransactionKind<Infer<typeof channelsPayloads.redeemStream>> = {
  kind: 'channels.redeemStream',
  schema: channelsPayloads.redeemStream,
  access: accessChannel,
  gas: ({ ticks }) => GAS_RECORD + GAS_PER_TICK * BigInt(ticks),
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_DISPUTED, CHANNEL_DEADLINE_PASSED, STREAM_UNKNOWN, STREAM_LENGTH
   * (beyond the chain), STREAM_STALE (no deeper than shown before), STREAM_PREIMAGE.
   */
  execute({ channel: id, stream: streamId, ticks, preimage }, context) {
    const { channel, dispute } = readDispute(context, id)
    requireRedeemable(context, dispute)
    const run = dispute.state.streams.find((candidate) => candidate.id === streamId)
    if (run === undefined)
      throw new LedgerError(
        'STREAM_UNKNOWN',
        'the standing state holds no such stream: challenge with one that does',
      )
    if (ticks > run.length)
      throw new LedgerError('STREAM_LENGTH', `the stream has ${run.length} ticks, not ${ticks}`, {
        details: { length: run.length },
      })
    const before = redeemedTicks(dispute, streamId)
    if (ticks <= before)
      throw new LedgerError('STREAM_STALE', `${before} ticks are redeemed: show a deeper preimage`)
    if (!verifyTick(run.root, streamTag(context.frame, id, streamId), preimage, ticks))
      throw new LedgerError(
        'STREAM_PREIMAGE',
        `the preimage does not lead to the root of this stream in ${ticks} steps`,
      )
    context.emit({
      type: 'channels.redeemed',
      subjects: subjectsOf(id, channel),
      data: encode(channelRedeemed, {
        channel: id,
        stream: streamId,
        payee: payeeOf(run),
        ticks,
        amount: run.tickValue * BigInt(ticks),
        quote: run.quote,
      }),
    })
    const others = dispute.redeemed.filter((shown) => shown.stream !== streamId)
    writeChannel(context, id, {
      ...channel,
      dispute: { ...dispute, redeemed: [...others, { stream: streamId, ticks }] },
    })
  },
}
