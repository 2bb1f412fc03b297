/** `channels.challenge`: a newer state replaces the one that stands (CON-114). Anyone may send it: watchers do. */
import { encode, equalBytes, type Infer } from '@symbolon/primitives'
import {
  type ChannelState,
  channelChallenged,
  channelsPayloads,
  type Dispute,
  htlc,
  stream,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { extendedDeadline } from './deadline.ts'
import { readDispute } from './dispute.ts'
import { checkEvidence, evidenceGas } from './evidence.ts'
import { accessChannel, subjectsOf, writeChannel } from './record.ts'

/**
 * Preimages that were shown still count for payments and streams that the newer state holds unchanged. A stream that it
 * folded, or whose id it uses anew, must be redeemed again: its root is another one.
 */
function carriedOver(from: Dispute, to: ChannelState): Pick<Dispute, 'claimed' | 'redeemed'> {
  const payments = new Map(from.state.pending.map((payment) => [payment.id, encode(htlc, payment)]))
  const streams = new Map(from.state.streams.map((run) => [run.id, encode(stream, run)]))
  const unchanged = (before: Uint8Array | undefined, now: Uint8Array): boolean =>
    before !== undefined && equalBytes(before, now)
  const samePayments = new Set(
    to.pending.filter((p) => unchanged(payments.get(p.id), encode(htlc, p))).map(({ id }) => id),
  )
  const sameStreams = new Set(
    to.streams.filter((s) => unchanged(streams.get(s.id), encode(stream, s))).map(({ id }) => id),
  )
  return {
    claimed: from.claimed.filter((id) => samePayments.has(id)),
    redeemed: from.redeemed.filter((shown) => sameStreams.has(shown.stream)),
  }
}

export const challenge: TransactionKind<Infer<typeof channelsPayloads.challenge>> = {
  kind: 'channels.challenge',
  schema: channelsPayloads.challenge,
  access: accessChannel,
  gas: evidenceGas,
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_DISPUTED, CHANNEL_DEADLINE_PASSED, CHANNEL_STALE (equal or lower
   * sequence), then those of checkEvidence.
   */
  execute(body, context) {
    const { channel: id, state, party: challenger } = body
    const { channel, dispute } = readDispute(context, id)
    if (context.height > dispute.deadline)
      throw new LedgerError(
        'CHANNEL_DEADLINE_PASSED',
        `answers were accepted until height ${dispute.deadline}: settle the channel`,
      )
    const superseded = dispute.state.sequence
    if (state.sequence <= superseded)
      throw new LedgerError(
        'CHANNEL_STALE',
        `sequence ${superseded} stands: only a higher one replaces it, not ${state.sequence}`,
      )
    const digest = checkEvidence(context.frame, channel, body)
    const deadline = extendedDeadline(dispute, context.height, context.parameters)
    const extended = dispute.extended || deadline > dispute.deadline
    context.emit({
      type: 'channels.challenged',
      subjects: subjectsOf(id, channel),
      data: encode(channelChallenged, {
        channel: id,
        parties: channel.terms.parties,
        closer: dispute.closer,
        challenger,
        superseded,
        sequence: state.sequence,
        state: digest,
        deadline,
        extended,
      }),
    })
    writeChannel(context, id, {
      ...channel,
      dispute: { ...dispute, ...carriedOver(dispute, state), state, deadline, extended, challenger },
    })
  },
}
