/** The paywall in front of an Express application. */
import {
  createPaywall,
  expressPaywall,
  FrameClient,
  listenForSeller,
  ownKeysIn,
  rootSecretsIn,
  Seller,
} from '@symbolon/sdk'
import express from 'express'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })

const app = express()
app.use(expressPaywall(await createPaywall({ seller, routes: { 'GET /weather': '0.001' } })))
app.use(express.json())
app.get('/weather', (_, response) => void response.json({ sky: 'clear' }))

listener.attach(seller, app)
await seller.publish()
console.log(`selling at ${listener.url}`)
