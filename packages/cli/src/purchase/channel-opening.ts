/** Finding the transaction that opened a channel, for a receipt of a channel that an earlier run opened. */
import { equalBytes, type Hash } from '@symbolon/primitives'
import { channelId } from '@symbolon/protocol'
import type { AgentTransaction, FrameClient } from '@symbolon/sdk'
import { CliError } from '../errors.ts'

/**
 * Reads the block in which the ledger says that the channel was opened. Errors: CHANNEL_UNKNOWN.
 * PERF: one call per transaction of that block.
 */
export async function openingOf(client: FrameClient, channel: Hash): Promise<AgentTransaction> {
  const { record } = await client.call('channel.get', { channel })
  if (record !== undefined) {
    const { transactions } = await client.call('block.get', { height: record.opened })
    for (const id of transactions) {
      const { transaction, receipt, height } = await client.call('transaction.get', { id })
      if (transaction?.body.payload.kind !== 'channels.open' || receipt === undefined || height === undefined)
        continue
      if (equalBytes(channelId(client.frame, transaction.body.payload.body.terms), channel))
        return { id, height, receipt, body: transaction.body }
    }
  }
  throw new CliError('CHANNEL_UNKNOWN', 'the ledger has no such channel; check the identifier and the frame')
}
