/** The end of a purchase: the channel is closed on the ledger, and the receipt is written and verified as a third party would. */
import { readFileSync } from 'node:fs'
import { encodeReceipt, verifyReceiptBytes } from '@symbolon/mandates'
import { type Amount, equalBytes } from '@symbolon/primitives'
import { channelId } from '@symbolon/protocol'
import { type Agent, type Purchase, receiptDecoders } from '@symbolon/sdk'
import type { Mandated } from '../agent/spender.ts'
import { CliError } from '../errors.ts'
import { writeNew } from '../home/files.ts'
import { openingOf } from './channel-opening.ts'

export interface SettledPurchase {
  /** Fees of the transactions of this purchase, base units. */
  readonly fees: Amount
  /** Links of the receipt that hold: all of them. Absent if the purchase leaves none, being paid in advance as a whole. */
  readonly links: number | undefined
}

/**
 * Errors: those of `Settlement.close`; FILE_EXISTS; RECEIPT_BROKEN naming the link (the channel is closed all the same).
 * A purchase of a single prepaid unit has no stream to prove: then no receipt is written.
 */
export async function settlePurchase(
  agent: Agent,
  { settlement, chain }: Mandated,
  purchase: Purchase,
  receiptPath: string,
): Promise<SettledPurchase> {
  const { client } = agent
  const channel = agent.host.get(purchase.channel)
  if (channel === undefined)
    throw new CliError('CHANNEL_UNKNOWN', 'the channel of the purchase is closed already, by the other side')
  const openedHere = settlement.transactions.some(
    ({ body: { payload } }) =>
      payload.kind === 'channels.open' &&
      equalBytes(channelId(client.frame, payload.body.terms), purchase.channel),
  )
  if (!openedHere) settlement.restore(await openingOf(client, purchase.channel))
  const closed = await settlement.close(agent, channel)
  const fees = settlement.transactions.reduce((sum, { receipt }) => sum + receipt.feeCharged, 0n)
  if (purchase.evidence.stream === undefined) return { fees, links: undefined }
  writeNew(receiptPath, encodeReceipt(settlement.receipt(purchase.evidence, closed, chain)))
  const report = verifyReceiptBytes(
    readFileSync(receiptPath),
    { frame: client.frame, validators: client.validators },
    receiptDecoders(client.frame),
  )
  const broken = report.checks.find(({ passed }) => !passed)
  if (broken !== undefined)
    throw new CliError(
      'RECEIPT_BROKEN',
      `${receiptPath}: the link "${broken.link}" does not hold: ${broken.reason}`,
    )
  return { fees, links: report.checks.length }
}
