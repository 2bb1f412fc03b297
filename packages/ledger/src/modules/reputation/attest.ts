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
  reputationAttested,
  reputationPayloads,
  trustParametersOf,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import { feeFloor } from '../../execution/fees.ts'
import type { TransactionKind } from '../../module.ts'
import { GAS_RECORD } from './limits.ts'

const RATED = encode(emptyRecord, {})

/** Who paid more into the channel than it got out, if anybody did. */
function buyerOf({ terms, deposits, payouts }: ChannelRecord): number | undefined {
  const put = [...terms.deposits]
  for (const { party, amount } of deposits) put[party] = (put[party] ?? 0n) + amount
  const loses = (party: number): boolean => (payouts?.[party] ?? 0n) < (put[party] ?? 0n)
  return loses(0) ? 0 : loses(1) ? 1 : undefined
}

export const attest: TransactionKind<Infer<typeof reputationPayloads.attest>> = {
  kind: 'reputation.attest',
  schema: reputationPayloads.attest,
  access: ({ channel }) => ({
    reads: [{ namespace: 'channels', key: channelKey(channel) }],
    writes: [{ namespace: 'reputation', key: attestationKey(channel) }],
  }),
  gas: () => GAS_RECORD,
  /**
   * In order of precedence: ATTEST_CHANNEL_UNKNOWN, ATTEST_CHANNEL_OPEN (not ended), ATTEST_BUYER (the sender paid nothing in it),
   * ATTEST_WINDOW (too late), ATTEST_REPEATED.
   */
  execute({ channel: id, rating, latencyMs }, context) {
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
    const last = channel.closed + trustParametersOf(context.parameters).attestWindow
    if (context.height > last)
      throw new LedgerError('ATTEST_WINDOW', `the channel could be rated until height ${last}`)
    const key = attestationKey(id)
    if (context.read('reputation', key) !== undefined)
      throw new LedgerError('ATTEST_REPEATED', 'a channel is rated once')
    context.write('reputation', key, RATED)
    const subject = channel.terms.parties[1 - buyer] as Address
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
