/**
 * `channels.claimHtlc`: shows the preimage of a pending payment by its expiry, inclusive (CON-116). While the channel is
 * disputed the claim is noted and the settlement pays it; afterwards it is paid at once.
 */
import { encode, equalBytes, type Infer, sha256 } from '@symbolon/primitives'
import { CHANNEL_STATUS, channelClaimed, channelsPayloads, type Htlc } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext, Movement, TransactionKind } from '../../module.ts'
import { requireDispute } from './dispute.ts'
import { GAS_RECORD } from './limits.ts'
import { accessChannel, payeeOf, readChannel, subjectsOf, writeChannel } from './record.ts'
import { findHtlc, resolve } from './unresolved.ts'

function checkPreimage(payment: Htlc, preimage: Uint8Array, context: ExecutionContext): void {
  if (context.height > payment.expiry)
    throw new LedgerError(
      'HTLC_EXPIRED',
      `the payment expired after height ${payment.expiry}: it belongs to its payer again`,
    )
  if (!equalBytes(sha256(preimage), payment.paymentHash))
    throw new LedgerError('HTLC_PREIMAGE', 'SHA-256 of the preimage is not the payment hash')
}

export const claimHtlc: TransactionKind<Infer<typeof channelsPayloads.claimHtlc>> = {
  kind: 'channels.claimHtlc',
  schema: channelsPayloads.claimHtlc,
  access: accessChannel,
  gas: () => GAS_RECORD,
  /**
   * In order of precedence: CHANNEL_UNKNOWN, CHANNEL_NOT_DISPUTED, HTLC_UNKNOWN, HTLC_CLAIMED,
   * HTLC_EXPIRED, HTLC_PREIMAGE.
   */
  execute({ channel: id, htlc, preimage }, context) {
    const channel = readChannel(context, id)
    const claimed = (payment: Htlc, paid: boolean, movement?: Movement): void =>
      context.emit({
        type: 'channels.claimed',
        subjects: subjectsOf(id, channel),
        data: encode(channelClaimed, {
          channel: id,
          htlc,
          payee: payeeOf(payment),
          amount: payment.amount,
          preimage,
          binding: payment.binding,
          paid,
        }),
        ...(movement === undefined ? {} : { movement }),
      })
    if (channel.status === CHANNEL_STATUS.settling) {
      const payment = findHtlc(channel.unresolved?.pending ?? [], htlc)
      checkPreimage(payment, preimage, context)
      resolve(context, id, channel, payment, payeeOf(payment), GAS_RECORD, (movement) =>
        claimed(payment, true, movement),
      )
      return
    }
    const dispute = requireDispute(channel)
    const payment = findHtlc(dispute.state.pending, htlc)
    if (dispute.claimed.includes(htlc))
      throw new LedgerError('HTLC_CLAIMED', 'the preimage was shown before: settle the channel')
    checkPreimage(payment, preimage, context)
    claimed(payment, false)
    writeChannel(context, id, { ...channel, dispute: { ...dispute, claimed: [...dispute.claimed, htlc] } })
  },
}
