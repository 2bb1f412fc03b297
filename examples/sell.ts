/** Sells the rows of a file, one by one, to whoever pays. */
import { readFileSync } from 'node:fs'
import { FrameClient, listenForSeller, ownKeysIn, parseAmount, rootSecretsIn, Seller } from '@symbolon/sdk'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const [file = 'examples/samples.csv', price = '0.001'] = process.argv.slice(2)

const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })
await seller.sellFile({ name: 'samples.csv', format: 'csv', content: readFileSync(file) }, parseAmount(price))
listener.attach(seller)
await seller.publish()
console.log(`selling at ${listener.url}`)
