/** The paywall in front of a Hono application. */
import { getRequestListener } from '@hono/node-server'
import {
  createPaywall,
  FrameClient,
  honoPaywall,
  listenForSeller,
  ownKeysIn,
  rootSecretsIn,
  Seller,
} from '@symbolon/sdk'
import { Hono } from 'hono'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })

const app = new Hono()
app.use(honoPaywall(await createPaywall({ seller, routes: { 'GET /weather': '0.001' } })))
app.get('/weather', (context) => context.json({ sky: 'clear' }))

listener.attach(seller, getRequestListener(app.fetch))
await seller.publish()
console.log(`selling at ${listener.url}`)
