/** `channels.timeoutHtlc`: returns an expired payment of a settled state to its payer. Anyone may send it. */
import { encode, type Infer } from '@symbolon/primitives'
import { CHANNEL_STATUS, channelsPayloads, channelTimedOut } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { GAS_RECORD } from './limits.ts'
import { accessChannel, asParty, readChannel, subjectsOf } from './record.ts'
import { findHtlc, resolve } from './unresolved.ts'

export const timeoutHtlc: TransactionKind<Infer<typeof channelsPayloads.timeoutHtlc>> = {
  kind: 'channels.timeoutHtlc',
  schema: channelsPayloads.timeoutHtlc,
  access: accessChannel,
  gas: () => GAS_RECORD,
  /** In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_SETTLING, HTLC_UNKNOWN, HTLC_NOT_EXPIRED. */
  execute({ channel: id, htlc }, context) {
    const channel = readChannel(context, id)
    if (channel.status !== CHANNEL_STATUS.settling)
      throw new LedgerError(
        'CHANNEL_NOT_SETTLING',
        'payments time out alone only after the channel settled: settle it first',
      )
    const payment = findHtlc(channel.unresolved?.pending ?? [], htlc)
    if (context.height <= payment.expiry)
      throw new LedgerError(
        'HTLC_NOT_EXPIRED',
        `the payee may show the preimage until height ${payment.expiry}, inclusive`,
      )
    const payer = asParty(payment.payer)
    resolve(context, id, channel, payment, payer, GAS_RECORD, (movement) =>
      context.emit({
        type: 'channels.timedOut',
        subjects: subjectsOf(id, channel),
        data: encode(channelTimedOut, { channel: id, htlc, payer, amount: payment.amount }),
        movement,
      }),
    )
  },
}
