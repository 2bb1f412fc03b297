/** A fetch that pays when it is asked to: at most 0.001 per request and 0.1 in all. */
import { Buyer, createPaidFetch, FrameClient, formatAmount, openMandate } from '@symbolon/sdk'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/buyer'
const [url = 'http://127.0.0.1:7401/weather'] = process.argv.slice(2)
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const mandate = await openMandate({ client, directory })
const buyer = await Buyer.open({ client, keys: mandate.keys, directory })

const paidFetch = createPaidFetch({ buyer, maxPrice: '0.001', maxTotal: '0.1' })
const response = await paidFetch(url)
console.log(response.status, await response.text())
console.log(`spent ${formatAmount(paidFetch.spent)}`)

await buyer.close()
await mandate.close()
client.close()
