/** Finds whoever sells rows, pays for ten of them as they arrive, and checks every one: within its mandate. */
import { Buyer, FrameClient, formatAmount, MemorySink, openMandate, parseAmount } from '@symbolon/sdk'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/buyer'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const mandate = await openMandate({ client, directory })
const buyer = await Buyer.open({ client, keys: mandate.keys, directory })

const sink = new MemorySink()
const unitPriceMax = parseAmount('0.001')
const order = { capability: 'data.rows', quantity: 10n, unitPriceMax, totalMax: 10n * unitPriceMax, sink }
const { units, paid } = await buyer.buy(order)
for (const row of sink.units) console.log(new TextDecoder().decode(row))
console.log(`${units} rows for ${formatAmount(paid)}`)

await buyer.close()
await mandate.close()
client.close()
