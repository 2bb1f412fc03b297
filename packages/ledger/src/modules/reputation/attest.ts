/**
 * `reputation.attest`: the buyer of a channel that has ended says once how it was served (TPR-133). It weighs what its own fee burned, moves
 * only what the buyer itself hands on of trust, and reports a response time, which is one among those of all buyers. It can lower neither what
 * the seller has settled and lost nor anybody else's opinion.
 */
import { type Address, decode, encode, equalBytes, type Infer } from '@symbolon/primitives'
import {
  attestationKey,
  CHANNEL_STATUS,
  type ChannelRecord,
  channelKey,
  channelRecord,
  emptyRecord,
  identityKey,
  identityRecord,
  reputationAttested,
  reputationPayloads,
  trustParametersOf,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import { feeFloor } from '../../execution/fees.ts'
import type { ExecutionContext, TransactionKind } from '../../module.ts'
import { bindsPartyOne } from './bound-key.ts'
import { GAS_RECORD } from './limits.ts'

const RATED = encode(emptyRecord, {})

/** Who paid more into the channel than it got out, if anybody did. */
function buyerOf({ terms, deposits, payouts }: ChannelRecord): number | undefined {
  const put = [...terms.deposits]
  for (const { party, amount } of deposits) put[party] = (put[party] ?? 0n) + amount
  const loses = (party: number): boolean => (payouts?.[party] ?? 0n) < (put[party] ?? 0n)
  return loses(0) ? 0 : loses(1) ? 1 : undefined
}

/** Party 1 is the sender, whose identity the kernel declares, or the subject, whose the payload does. */
function requireBound(context: ExecutionContext, { terms }: ChannelRecord): void {
  const stored = context.read('identity', identityKey(terms.parties[1] as Address))
  if (!bindsPartyOne(terms, stored === undefined ? undefined : decode(identityRecord, stored)))
    throw new LedgerError(
      'ATTEST_CHANNEL_KEY',
      'the identity of party 1 does not name its key of this channel, so the channel counts nothing: have it set channelKey in its profile',
    )
}

export const attest: TransactionKind<Infer<typeof reputationPayloads.attest>> = {
  kind: 'reputation.attest',
  schema: reputationPayloads.attest,
  access: ({ channel, subject }) => ({
    reads: [
      { namespace: 'channels', key: channelKey(channel) },
      { namespace: 'identity', key: identityKey(subject) },
    ],
    writes: [{ namespace: 'reputation', key: attestationKey(channel) }],
  }),
  gas: () => GAS_RECORD,
  /**
   * In order of precedence: ATTEST_CHANNEL_UNKNOWN, ATTEST_CHANNEL_OPEN (not ended), ATTEST_BUYER (the sender paid nothing in it),
   * ATTEST_SUBJECT (not the other party), ATTEST_CHANNEL_KEY (party 1 is not bound), ATTEST_WINDOW (too late), ATTEST_REPEATED.
   */
  execute({ channel: id, rating, latencyMs, subject }, context) {
    const stored = context.read('channels', channelKey(id))
    if (stored === undefined)
      throw new LedgerError('ATTEST_CHANNEL_UNKNOWN', 'no channel has this identifier in this frame')
    const channel = decode(channelRecord, stored)
    if (channel.status !== CHANNEL_STATUS.closed || channel.closed === undefined)
      throw new LedgerError('ATTEST_CHANNEL_OPEN', 'a channel is rated when it has ended: close it first')
    const buyer = buyerOf(channel)
    const rater = context.transaction.body.sender
    if (buyer === undefined || !equalBytes(rater, channel.terms.parties[buyer] as Address))
      throw new LedgerError('ATTEST_BUYER', 'only the party that paid in a channel may rate it')
    if (!equalBytes(subject, channel.terms.parties[1 - buyer] as Address))
      throw new LedgerError('ATTEST_SUBJECT', 'the subject of a rating is the other party of the channel')
    requireBound(context, channel)
    const last = channel.closed + trustParametersOf(context.parameters).attestWindow
    if (context.height > last)
      throw new LedgerError('ATTEST_WINDOW', `the channel could be rated until height ${last}`)
    const key = attestationKey(id)
    if (context.read('reputation', key) !== undefined)
      throw new LedgerError('ATTEST_REPEATED', 'a channel is rated once')
    context.write('reputation', key, RATED)
    context.emit({
      type: 'reputation.attested',
      subjects: [subject, rater],
      data: encode(reputationAttested, {
        channel: id,
        rater,
        subject,
        rating,
        latencyMs,
        fee: feeFloor(context, GAS_RECORD),
      }),
    })
  },
}
