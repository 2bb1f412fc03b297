/** Any HTTP service behind a price, without touching it: every method, every path. */
import { createServer } from 'node:http'
import {
  createPaywall,
  FrameClient,
  listenForSeller,
  nodeHttpPaywall,
  ownKeysIn,
  proxyTo,
  rootSecretsIn,
  Seller,
} from '@symbolon/sdk'

const upstream = createServer((_, response) => response.end('{"sky":"clear"}'))
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const address = upstream.address() as { port: number }

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })

const paywall = await createPaywall({ seller, routes: { '* /*': '0.001' } })
listener.attach(seller, nodeHttpPaywall(paywall, proxyTo(`http://127.0.0.1:${address.port}`)))
await seller.publish()
console.log(`selling at ${listener.url}`)
