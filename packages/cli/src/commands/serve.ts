/** `symbolon serve`: sells until Ctrl-C. */
import { basename } from 'node:path'
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
import { listenForSeller, type Offer, Seller } from '@symbolon/sdk'
import { AccountKeys } from '../agent/account-keys.ts'
import { type SaleEvent, SalesWatch } from '../agent/sales.ts'
import type { Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { readBounded } from '../home/files.ts'
import { onInterruption } from '../interruption.ts'
import { GOODS_FILE_BYTES_MAX } from '../limits.ts'
import type { Output } from '../output/output.ts'
import { usage } from '../parse.ts'

export interface ServeOptions {
  readonly price: string
  readonly name?: string
  readonly url?: string
  readonly host?: string
  readonly port?: string
  readonly domain?: string
  readonly capability?: string
  readonly seller?: string
}

export const declareServe: Declare = (program, bind) => {
  program
    .command('serve')
    .argument('<file>', 'CSV (with a header line) or NDJSON')
    .summary('sell the rows of a file')
    .description(
      'Sells the rows of a file, each at a price: publishes the offer in the registry of the frame, answers quotes and challenges, ' +
        'and delivers against micropayments. Prints sales as they happen; Ctrl-C stops it, and what was agreed is served after a restart.',
    )
    .requiredOption('--price <units>', 'per row, such as 0.001')
    .option('--name <name>', 'what the goods are called (default: the name of the file)')
    .option('--capability <capability>', 'under which it is found (default: data.rows)')
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
      'symbolon serve events.ndjson --price 0.02 --name events --url https://data.example',
    )
    .action(bind<ServeOptions>((context, [file = ''], options) => serve(context, file, options)))
}

async function serve(context: Context, file: string, options: ServeOptions): Promise<void> {
  const { output } = context
  context.withFlags({ host: options.host, sellerPort: options.port, seller: options.seller })
  const { settings, home } = context
  const price = parseAmount(options.price)
  if (price === 0n) throw usage('--price must be above zero: what is free needs no seller')
  const publicUrl = publicAddress(options.url)
  const content = readBounded(file, GOODS_FILE_BYTES_MAX)
  const name = options.name ?? basename(file)
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
  const server = listener.attach(seller)
  context.onClose(() => server.close())
  const offer = await seller.sellFile(
    { name, format: /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv', content },
    price,
    {
      ...(options.capability === undefined ? {} : { capability: options.capability }),
      ...(options.domain === undefined ? {} : { domain: options.domain }),
    },
  )
  await seller.publish(options.domain === undefined ? {} : { domain: options.domain })
  announce(output, seller, offer, price)
  const watch = new SalesWatch(seller, (event) => tell(output, event))
  watch.start()
  await interruption.asked
  watch.stop()
  output.note('stopping')
  await context.close()
  interruption.release()
  output.event(
    { event: 'stopped', sales: watch.sales, revenue: formatAmount(watch.revenue) },
    `stopped after ${watch.sales} sales, ${formatAmount(watch.revenue)} units`,
  )
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

function announce(output: Output, seller: Seller, offer: Offer, price: Amount): void {
  const { capability } = offer.descriptor.body
  const did = formatDid(seller.address)
  const rows = offer.goods?.rows.length ?? 0
  output.event(
    {
      event: 'started',
      url: seller.url,
      provider: did,
      capability,
      resource: offer.resource,
      descriptor: toHex(offer.digest),
      price: formatAmount(price),
      rows,
    },
    [
      `selling    ${offer.resource}: ${rows} rows at ${formatAmount(price)} units each`,
      `seller     ${did}`,
      `address    ${seller.url}`,
      `to buy     symbolon buy ${capability} --quantity ${Math.min(rows, 100)} --resource ${offer.resource} --out rows`,
      'Ctrl-C stops it.',
    ].join('\n'),
  )
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
