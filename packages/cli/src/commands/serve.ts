/** `symbolon serve`: sells the rows of a file, or requests to an HTTP service, until Ctrl-C. */
import { basename } from 'node:path'
import { FORCE_CLOSE_PROFILES } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import {
  type Amount,
  formatAmount,
  formatDid,
  hmacSha256,
  parseAmount,
  toHex,
  utf8,
} from '@symbolon/primitives'
import {
  ChannelKeeper,
  createPaywall,
  listenForSeller,
  nodeHttpPaywall,
  parseRoutes,
  proxyTo,
  resourceOf,
  Seller,
  type Ticket,
} from '@symbolon/sdk'
import { AccountKeys } from '../agent/account-keys.ts'
import { type SaleEvent, SalesWatch } from '../agent/sales.ts'
import { collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { readBounded } from '../home/files.ts'
import { onInterruption } from '../interruption.ts'
import { GOODS_FILE_BYTES_MAX } from '../limits.ts'
import type { Output } from '../output/output.ts'
import { parseCount, usage } from '../parse.ts'

export interface ServeOptions {
  readonly price: string
  readonly name?: string
  readonly url?: string
  readonly host?: string
  readonly port?: string
  readonly domain?: string
  readonly capability?: string
  readonly seller?: string
  readonly upstream?: string
  readonly route?: readonly string[]
  readonly free?: readonly string[]
  readonly requests?: string
}

export const declareServe: Declare = (program, bind) => {
  program
    .command('serve')
    .argument('[file]', 'CSV (with a header line) or NDJSON')
    .summary('sell the rows of a file, or put a price on an HTTP service')
    .description(
      'Sells the rows of a file, or requests to any HTTP service behind --upstream, each at a price: publishes the offer in the ' +
        'registry of the frame, answers quotes and challenges, and serves what is paid. Prints sales as they happen; Ctrl-C stops ' +
        'it, and what was agreed is served after a restart.',
    )
    .requiredOption('--price <units>', 'per row or request, such as 0.001')
    .option('--upstream <url>', 'put the price on this HTTP service instead of a file')
    .option(
      '--route <route>',
      'with --upstream: what costs, such as "GET /search" or "* /api/*"; may be repeated (default: "* /*")',
      collect,
    )
    .option('--free <route>', 'with --upstream: what is free under a paid route; may be repeated', collect)
    .option('--requests <n>', 'with --upstream: requests that one payment buys', '1')
    .option('--name <name>', 'what the goods are called (default: the name of the file)')
    .option('--capability <capability>', 'under which it is found (default: data.rows or api.request)')
    .option('--domain <domain>', 'operational domain, such as weather.example')
    .option('--url <url>', 'public address of this seller, if it is behind a proxy')
    .option('--seller <name>', 'who sells (environment: SYMBOLON_SELLER)')
    .option('--host <host>', 'where to listen (SYMBOLON_HOST)')
    .option(
      '--port <port>',
      'port; 0 picks a free one, and buyers of an earlier run may not find it (SYMBOLON_SELLER_PORT)',
    )
    .withExamples(
      'symbolon serve prices.csv --price 0.001',
      'symbolon serve --upstream http://127.0.0.1:8080 --price 0.001 --route "GET /search"',
      'symbolon serve events.ndjson --price 0.02 --name events --url https://data.example',
    )
    .action(bind<ServeOptions>((context, [file], options) => serve(context, file, options)))
}

async function serve(context: Context, file: string | undefined, options: ServeOptions): Promise<void> {
  const { output } = context
  context.withFlags({ host: options.host, sellerPort: options.port, seller: options.seller })
  const { settings, home } = context
  const price = parseAmount(options.price)
  if (price === 0n) throw usage('--price must be above zero: what is free needs no seller')
  const publicUrl = publicAddress(options.url)
  const goods = goodsOf(file, options, price)
  installNativeProviders()
  const address = home.address(settings.seller)
  const seeds = await context.seeds(settings.seller)
  const client = await context.client()
  const interruption = onInterruption({ deadline: true })
  const listener = await listen(settings.host, settings.sellerPort)
  // Derived, so that credentials of an earlier run stay good and no further secret has to be kept.
  const rootSecret = hmacSha256(seeds.account, utf8('symbolon credential root 1'))
  const seller = await Seller.open({
    client,
    keys: new AccountKeys(address, seeds),
    directory: home.agentDirectory(settings.seller),
    url: publicUrl ?? listener.url,
    rootSecrets: new Map([[1, rootSecret]]),
    rootVersion: 1,
    onError: (error) => output.note(`seller: ${error instanceof Error ? error.message : error}`),
  })
  context.onClose(() => seller.close())
  const next = await goods.offer(seller, output)
  const server = listener.attach(seller, next)
  context.onClose(() => server.close())
  await seller.publish(options.domain === undefined ? {} : { domain: options.domain })
  announce(output, seller, goods.unit, price)
  const watch = new SalesWatch(seller, (event) => tell(output, event))
  watch.start()
  const keeper = keeperOf(seller, output)
  keeper.start()
  await interruption.asked
  keeper.stop()
  watch.stop()
  output.note('stopping')
  await context.close()
  interruption.release()
  output.event(
    { event: 'stopped', sales: watch.sales, revenue: formatAmount(watch.revenue) },
    `stopped after ${watch.sales} sales, ${formatAmount(watch.revenue)} units`,
  )
}

/** Closes alone what a silent buyer leaves hanging (CL-4, CL-5); close cooperatively with `symbolon channel close`. */
function keeperOf({ agent }: Seller, output: Output): ChannelKeeper {
  return new ChannelKeeper({
    agent,
    policy: FORCE_CLOSE_PROFILES.longTerm,
    onAction: ({ id }, { kind }) => output.note(`channel ${toHex(id)}: ${kind}, its buyer does not answer`),
    onError: ({ id }, error) =>
      output.note(`channel ${toHex(id)}: ${error instanceof Error ? error.message : error}; trying again`),
  })
}

/** What is sold: puts it up for sale, and answers what comes beside the seller's own documents. */
interface Goods {
  readonly unit: 'row' | 'request'
  offer(seller: Seller, output: Output): Promise<ReturnType<typeof nodeHttpPaywall> | undefined>
}

/** Errors: USAGE, FILE_UNREADABLE, FILE_TOO_LARGE, ROUTE_MALFORMED, UPSTREAM_MALFORMED. Nothing is opened yet. */
function goodsOf(file: string | undefined, options: ServeOptions, price: Amount): Goods {
  const { upstream, route, free = [], domain, capability } = options
  const terms = {
    ...(capability === undefined ? {} : { capability }),
    ...(domain === undefined ? {} : { domain }),
  }
  if (upstream !== undefined) {
    if (file !== undefined) throw usage('sell a file or an --upstream; run serve twice for both')
    const requests = Number(parseCount(options.requests ?? '1', '--requests'))
    const routes = Object.fromEntries((route ?? ['* /*']).map((name) => [name, { price, requests }]))
    parseRoutes(routes)
    const proxy = proxyTo(upstream)
    return {
      unit: 'request',
      offer: async (seller, output) => {
        const paywall = await createPaywall({ seller, routes, free, terms })
        return nodeHttpPaywall(paywall, (request, response, ticket) => {
          if (ticket !== undefined) tellRequest(output, request.url ?? '/', ticket)
          return proxy(request, response, ticket)
        })
      },
    }
  }
  if (file === undefined) throw usage('name a file to sell, or a service with --upstream')
  if (route !== undefined || options.free !== undefined)
    throw usage('--route and --free belong to --upstream; a file is sold by the row')
  const content = readBounded(file, GOODS_FILE_BYTES_MAX)
  const name = options.name ?? basename(file)
  const format = /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv'
  return {
    unit: 'row',
    offer: async (seller) => {
      await seller.sellFile({ name, format, content }, price, terms)
      return undefined
    },
  }
}

function publicAddress(url: string | undefined): string | undefined {
  if (url !== undefined && !/^https?:\/\/[!-~]+$/.test(url))
    throw usage(`--url: "${url.slice(0, 80)}" is not an http:// or https:// address`)
  return url?.replace(/\/+$/, '')
}

/** Errors: ADDRESS_IN_USE. */
async function listen(host: string, port: number): ReturnType<typeof listenForSeller> {
  try {
    return await listenForSeller(host, port)
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (code === 'EADDRINUSE')
      throw new CliError('ADDRESS_IN_USE', `port ${port} of ${host} is taken; choose another with --port`, {
        cause,
      })
    throw new CliError('SETTING_MALFORMED', `cannot listen on ${host} port ${port}: ${code}`, { cause })
  }
}

function announce(output: Output, seller: Seller, unit: Goods['unit'], price: Amount): void {
  const did = formatDid(seller.address)
  const offers = [...seller.catalogue.offers.values()].map(
    ({ resource, digest, goods, descriptor: { body } }) => ({
      resource,
      capability: body.capability,
      descriptor: toHex(digest),
      rows: goods?.rows.length ?? null,
    }),
  )
  const [first] = offers
  const example =
    unit === 'row'
      ? `symbolon buy ${first?.capability} --quantity ${Math.min(first?.rows ?? 1, 100)} --resource ${first?.resource} --out rows`
      : `symbolon fetch ${seller.url}/ --max-price ${formatAmount(price)}`
  output.event(
    { event: 'started', url: seller.url, provider: did, price: formatAmount(price), unit, offers },
    [
      ...offers.map(
        ({ resource, rows }) =>
          `selling    ${resource}${rows === null ? '' : `: ${rows} rows`}, ${formatAmount(price)} units each`,
      ),
      `seller     ${did}`,
      `address    ${seller.url}`,
      `to buy     ${example}`,
      'Ctrl-C stops it.',
    ].join('\n'),
  )
}

function tellRequest(output: Output, target: string, { route, payer, price, paymentHash }: Ticket): void {
  const time = new Date().toISOString()
  const buyer = formatDid(payer)
  output.event(
    { event: 'request', time, buyer, route: resourceOf(route), price: formatAmount(price), paymentHash },
    `${time}  served ${route.method === '*' ? '' : `${route.method} `}${printable(target)} to ${buyer} for ${formatAmount(price)} units`,
  )
}

/** What a buyer sends must not steer the seller's terminal. */
function printable(text: string): string {
  return text.replace(/[^!-~]/g, '?').slice(0, 200)
}

function tell(output: Output, { kind, sale, paid }: SaleEvent): void {
  const buyer = formatDid(sale.buyer)
  const time = new Date().toISOString()
  const facts = {
    event: kind === 'began' ? 'sale' : 'paid',
    time,
    buyer,
    resource: sale.resource,
    quantity: Number(sale.quantity),
    unitPrice: formatAmount(sale.unitPrice),
    paid: formatAmount(paid),
    quote: toHex(sale.quote),
  }
  output.event(
    facts,
    kind === 'began'
      ? `${time}  sale   ${sale.quantity} × ${sale.resource} to ${buyer}`
      : `${time}  paid   ${formatAmount(paid)} units for ${sale.quantity} × ${sale.resource}`,
  )
}
