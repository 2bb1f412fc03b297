/** The paywall in front of a Fastify application. */
import {
  createPaywall,
  FrameClient,
  fastifyPaywall,
  listenForSeller,
  ownKeysIn,
  rootSecretsIn,
  Seller,
} from '@symbolon/sdk'
import fastify from 'fastify'

const directory = process.env['AGENT_HOME'] ?? '.symbolon/seller'
const client = await FrameClient.connect({ url: process.env['FRAME_URL'] ?? 'http://127.0.0.1:7400' })
const listener = await listenForSeller()
const keys = ownKeysIn(directory)
const seller = await Seller.open({ client, keys, directory, url: listener.url, ...rootSecretsIn(directory) })

const app = fastify()
app.addHook('onRequest', fastifyPaywall(await createPaywall({ seller, routes: { 'GET /weather': '0.001' } })))
app.get('/weather', async () => ({ sky: 'clear' }))
await app.ready()

listener.attach(seller, (request, response) => app.routing(request, response))
await seller.publish()
console.log(`selling at ${listener.url}`)
