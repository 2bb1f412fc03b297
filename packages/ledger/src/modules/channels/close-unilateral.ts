/** `channels.closeUnilateral`: one party shows its newest state, posts the bond and starts the challenge period (CON-114). */
import { encode, type Infer } from '@symbolon/primitives'
import { CHANNEL_STATUS, channelDisputed, channelsPayloads } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { checkEvidence, evidenceGas } from './evidence.ts'
import { accessChannel, readChannel, requireSender, subjectsOf, writeChannel } from './record.ts'

export const closeUnilateral: TransactionKind<Infer<typeof channelsPayloads.closeUnilateral>> = {
  kind: 'channels.closeUnilateral',
  schema: channelsPayloads.closeUnilateral,
  access: accessChannel,
  gas: evidenceGas,
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_OPEN, CHANNEL_PARTY, those of checkEvidence, INSUFFICIENT_BALANCE
   * (the bond is taken from the closer's liquid balance).
   */
  execute(body, context) {
    const { channel: id, state, party: closer } = body
    const channel = readChannel(context, id)
    if (channel.status !== CHANNEL_STATUS.open)
      throw new LedgerError(
        'CHANNEL_NOT_OPEN',
        'the channel is disputed or closed: challenge with a newer state, or settle',
      )
    requireSender(context, channel, closer)
    const digest = checkEvidence(context.frame, channel, body)
    const bond = context.parameters.disputeBond
    const deadline = context.height + channel.terms.challengePeriod
    context.emit({
      type: 'channels.disputed',
      subjects: subjectsOf(id, channel),
      data: encode(channelDisputed, {
        channel: id,
        parties: channel.terms.parties,
        closer,
        sequence: state.sequence,
        state: digest,
        deadline,
        bond,
      }),
      ...(bond === 0n
        ? {}
        : {
            movement: {
              debits: [{ bucket: 'liquid', owner: context.transaction.body.sender, amount: bond }],
              credits: [{ bucket: 'channel', owner: id, amount: bond }],
            },
          }),
    })
    writeChannel(context, id, {
      ...channel,
      status: CHANNEL_STATUS.disputed,
      dispute: {
        closer,
        state,
        closingSequence: state.sequence,
        started: context.height,
        deadline,
        extended: false,
        bond,
        claimed: [],
        redeemed: [],
      },
    })
  },
}
