/** Puts a price on an HTTP service: 0.001 per request, ten requests per payment. */
import {
  createPaywall,
  FrameClient,
  listenForSeller,
  nodeHttpPaywall,
  ownKeysIn,
  rootSecretsIn,
  Seller,
} from '@symbolon/sdk'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })

const paywall = await createPaywall({ seller, routes: { 'GET /weather': { price: '0.001', requests: 10 } } })
const service = nodeHttpPaywall(paywall, (_, response) => response.end('{"sky":"clear"}'))
listener.attach(seller, service)
await seller.publish()
console.log(`selling at ${listener.url}`)
