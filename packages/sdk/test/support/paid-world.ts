/** A world with a seller behind a paywall and a buyer with a mandate, for tests of the paywall and of paidFetch. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Buyer,
  type BuyerOptions,
  createPaywall,
  listenForSeller,
  type MandatedKeys,
  nodeHttpPaywall,
  type Paywall,
  type PaywallOptions,
  Seller,
  type SellerOptions,
} from '@symbolon/sdk'
import { UNIT, World, type WorldOptions } from '../../../../test/support/world.ts'

export { UNIT, World }
export const PRICE = UNIT / 1_000n

/** Counts what the service behind the paywall really did. */
export interface Shop {
  readonly seller: Seller
  readonly url: string
  readonly paywall: Paywall
  close(): Promise<void>
}

export type Service = (request: IncomingMessage, response: ServerResponse) => unknown

export const ROOT_SECRETS = new Map([
  [1, new TextEncoder().encode('the root secret of a test seller!').slice(0, 32)],
])

/** Opens a seller on `name`'s directory; a second one after the first was closed is the same seller restarted. */
export async function openShop(
  world: World,
  service: Service,
  options: {
    readonly name?: string
    readonly port?: number
    readonly routes?: PaywallOptions['routes']
    readonly free?: readonly string[]
    readonly seller?: Partial<SellerOptions>
    readonly replay?: PaywallOptions['replay']
    /** Mounts another framework; default: plain Node. */
    readonly mount?: (paywall: Paywall) => Promise<RequestListener> | RequestListener
    /** Sees every request before the seller does; true: it has answered. */
    readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean
  } = {},
): Promise<Shop> {
  const { name = 'seller' } = options
  const listener = await listenForSeller('127.0.0.1', options.port ?? 0)
  const seller = await Seller.open({
    client: await world.client(),
    keys: world.ownKeys(name),
    directory: `${world.directory}/${name}`,
    url: listener.url,
    rootSecrets: ROOT_SECRETS,
    rootVersion: 1,
    sync: 'none',
    onError: (error) => console.error('seller:', error),
    ...options.seller,
  })
  const paywall = await createPaywall({
    seller,
    routes: options.routes ?? { 'GET /weather': PRICE },
    ...(options.free === undefined ? {} : { free: options.free }),
    ...(options.replay === undefined ? {} : { replay: options.replay }),
  })
  const mounted = await (options.mount?.(paywall) ?? nodeHttpPaywall(paywall, service))
  const server = listener.attach(seller, mounted)
  if (options.before !== undefined) {
    const { before } = options
    const [inner] = server.http.listeners('request') as RequestListener[]
    server.http.removeAllListeners('request')
    server.http.on('request', (request, response) => {
      if (!before(request, response)) inner?.(request, response)
    })
  }
  await seller.publish()
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await server.close()
    await seller.close()
  }
  world.onClose(close)
  return { seller, url: listener.url, paywall, close }
}

/** A mandated buyer with a budget that covers its collateral as well. */
export function openBuyer(
  world: World,
  options: Partial<BuyerOptions> & { name?: string; total?: bigint } = {},
): Promise<{ buyer: Buyer; keys: MandatedKeys }> {
  const { name = 'buyer', total = 100n * UNIT, ...more } = options
  return world.buyer(name, total, more)
}

export function openWorld(options: WorldOptions = {}): Promise<World> {
  return World.create({ sync: 'none', ...options })
}

/** A plain server on a free port, closed with the world. */
export async function openServer(world: World, handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  world.onClose(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export { Buyer }
