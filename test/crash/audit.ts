/** What must hold after any number of kills, computed from the ledger and from the buyer's files. Throws what does not. */
import { FrameClient } from '@symbolon/sdk'
import { addressFor, addressOfProcess, PRICE, ROWS, rowsOfFile } from './processes/setting.ts'
import type { CrashWorld } from './run.ts'

export interface Audit {
  readonly purchases: number
  readonly channels: number
  readonly paid: bigint
  readonly height: bigint
}

export async function audit(world: CrashWorld): Promise<Audit> {
  const files = world.orders()
  const settled = world.settled()
  const [begun] = files.splice(settled)
  // The last file may be of a purchase that was looked for when the end came, and never agreed.
  if (files.length !== settled || (begun ?? []).length > 0)
    throw new Error(
      `${settled} purchases are settled, the files hold ${files.length} and ${begun?.length} rows`,
    )
  const orders = files
  const expected = rowsOfFile()
  orders.forEach((rows, order) => {
    if (rows.length !== ROWS || rows.some((row, i) => row !== expected[i]))
      throw new Error(
        `purchase ${order} holds ${rows.length} rows, not the ${ROWS} of the file, each once and in order`,
      )
  })
  const client = await FrameClient.connect({ url: addressOfProcess('node', world.directory) ?? '' })
  try {
    const { channels } = await client.call('channel.list', { party: addressFor('buyer'), limit: 100 })
    let paid = 0n
    for (const { record } of channels) {
      if (record.payouts === undefined) throw new Error('a channel is not closed')
      paid += record.payouts[1] ?? 0n
    }
    const price = BigInt(orders.length) * BigInt(ROWS) * PRICE
    if (paid !== price) throw new Error(`the seller was paid ${paid} for rows worth ${price}`)
    const { delta } = await client.call('supply.get', {})
    if (delta !== '0') throw new Error(`the supply is off by ${delta}`)
    return { purchases: orders.length, channels: channels.length, paid, height: await client.height() }
  } finally {
    client.close()
  }
}
