/** `channels.deposit`: adds collateral to the sender's side; the depositor's own until a co-signed state absorbs it. */
import { AMOUNT_MAX, encode, type Infer } from '@symbolon/primitives'
import { CHANNEL_STATUS, channelDeposited, channelsPayloads, DEPOSITS_MAX } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { GAS_RECORD } from './limits.ts'
import { accessChannel, readChannel, requireSender, subjectsOf, writeChannel } from './record.ts'

export const deposit: TransactionKind<Infer<typeof channelsPayloads.deposit>> = {
  kind: 'channels.deposit',
  schema: channelsPayloads.deposit,
  access: accessChannel,
  gas: () => GAS_RECORD,
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_OPEN, CHANNEL_PARTY, CHANNEL_DEPOSIT_ZERO, CHANNEL_DEPOSITS_MAX,
   * CHANNEL_COLLATERAL_MAX, INSUFFICIENT_BALANCE.
   */
  execute({ channel: id, party, amount }, context) {
    const channel = readChannel(context, id)
    if (channel.status !== CHANNEL_STATUS.open)
      throw new LedgerError('CHANNEL_NOT_OPEN', 'collateral can be added only while the channel is open')
    requireSender(context, channel, party)
    if (amount === 0n) throw new LedgerError('CHANNEL_DEPOSIT_ZERO', 'a deposit must be above zero')
    if (channel.deposits.length >= DEPOSITS_MAX)
      throw new LedgerError(
        'CHANNEL_DEPOSITS_MAX',
        `a channel takes at most ${DEPOSITS_MAX} later deposits (DEPOSITS_MAX): close it and open another`,
      )
    const collateral = channel.collateral + amount
    if (collateral > AMOUNT_MAX)
      throw new LedgerError('CHANNEL_COLLATERAL_MAX', 'the collateral would exceed 2^64 - 1 base units')
    context.emit({
      type: 'channels.deposited',
      subjects: subjectsOf(id, channel),
      data: encode(channelDeposited, { channel: id, party, amount, collateral }),
      movement: {
        debits: [{ bucket: 'liquid', owner: context.transaction.body.sender, amount }],
        credits: [{ bucket: 'channel', owner: id, amount }],
      },
    })
    writeChannel(context, id, { ...channel, collateral, deposits: [...channel.deposits, { party, amount }] })
  },
}
