/** `symbolon buy`: the whole procurement loop in one command. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeSigned, descriptorForm } from '@symbolon/market'
import { installNativeProviders } from '@symbolon/native'
import {
  AMOUNT_MAX,
  formatAmount,
  formatDid,
  type Hash,
  isSymbolonError,
  parseAmount,
  toHex,
} from '@symbolon/primitives'
import { Buyer, type Purchase, type PurchaseOrder } from '@symbolon/sdk'
import { readChain } from '../agent/mandate-file.ts'
import { type Mandated, openSpender, reconcile, type Spender } from '../agent/spender.ts'
import type { Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { onInterruption } from '../interruption.ts'
import { renderFacts } from '../output/table.ts'
import { parseCount, parseShare, usage } from '../parse.ts'
import { showProgress } from '../purchase/progress.ts'
import { finishRows, RowFile } from '../purchase/row-file.ts'
import { type SettledPurchase, settlePurchase } from '../purchase/settle-purchase.ts'

interface BuyOptions {
  readonly quantity?: string
  readonly out?: string
  readonly resource?: string
  readonly first?: string
  readonly domain?: string
  readonly maxPrice?: string
  readonly maxTotal?: string
  readonly minReputation?: string
  readonly collateral?: string
  readonly task?: string
  readonly keepChannel?: boolean
  readonly receipt?: string
  readonly resume?: boolean | string
}

export const declareBuy: Declare = (program, bind) => {
  program
    .command('buy')
    .argument('[capability]', 'what is bought, such as data.rows')
    .summary('find a provider, buy under a mandate, keep the rows and a receipt')
    .description(
      'Finds providers of a capability, ranks them, agrees on a price, opens a channel, pays row by row for what was verified, closes ' +
        'the channel, and writes a receipt that anybody can verify. Spends only within the mandate of the agent.',
    )
    .option('--quantity <n>', 'rows or units to buy')
    .option('--out <file>', 'where the rows go; created, and complete once it exists')
    .option('--resource <name>', 'exactly this resource (default: what the best provider offers)')
    .option('--first <row>', 'first row, counting from 0')
    .option('--domain <domain>', 'only providers of this operational domain')
    .option('--max-price <units>', 'highest price per unit')
    .option('--max-total <units>', 'highest total (default: what the mandate has left)')
    .option('--min-reputation <share>', 'from 0 to 1', '0')
    .option('--collateral <units>', 'to lock when a channel is opened (default: the total and its reserve)')
    .option('--task <label>', 'for task caps of the mandate')
    .option('--keep-channel', 'leave the channel open: the next purchase from this provider is faster')
    .option('--receipt <file>', 'where the receipt goes (default: in the home, under the agent)')
    .option('--resume [id]', 'go on with an interrupted purchase; with the same --out')
    .withExamples(
      'symbolon buy data.rows --quantity 1000 --max-price 0.001 --out rows.csv',
      'symbolon buy data.rows --quantity 50 --resource prices.csv --keep-channel --out p.csv',
      'symbolon buy --resume --out rows.csv',
    )
    .action(bind<BuyOptions>((context, [capability], options) => buy(context, capability, options)))
}

async function buy(context: Context, capability: string | undefined, options: BuyOptions): Promise<void> {
  const { home, settings } = context
  const order = readOrder(capability, options)
  const { out } = options
  if (out === undefined) throw usage('name the file for the rows with --out')
  if (existsSync(out))
    throw new CliError('FILE_EXISTS', `${out} exists; move it away, or choose another --out`)
  if (options.keepChannel === true && options.receipt !== undefined)
    throw usage('a receipt is complete once the channel is closed: leave out --receipt or --keep-channel')
  if (options.receipt !== undefined && existsSync(options.receipt))
    throw new CliError('FILE_EXISTS', `${options.receipt} exists; choose another --receipt`)
  readChain(home.mandatePath(settings.agent), settings.agent)
  installNativeProviders()
  const spender = await openSpender(context)
  const { mandated } = spender
  if (mandated === undefined)
    throw new CliError('MANDATE_MISSING', `${spender.name} has no mandate to spend under`)
  await reconcile(mandated, spender.client)
  const buyer = await Buyer.open({
    client: spender.client,
    keys: spender.keys,
    directory: spender.directory,
    remaining: () => spender.remaining(),
    ...spender.hooks,
  })
  context.onClose(() => buyer.close())
  const part = `${out}.part`
  const file = options.resume === undefined ? await RowFile.create(part) : await RowFile.reopen(part)
  context.onClose(() => file.close())
  // Without a row there is nothing to go on with: the next attempt starts afresh.
  context.onClose(() =>
    file.rows === 0n && options.resume === undefined ? rmSync(part, { force: true }) : undefined,
  )
  const interruption = onInterruption({ deadline: false })
  context.onClose(() => interruption.release())
  const common = { sink: file, signal: interruption.signal, onEvent: showProgress(context.output) }
  const purchase = await carryOut(async () =>
    order === undefined
      ? buyer.resume(chooseResumable(buyer, options.resume), common, file.rows)
      : buyer.buy({ ...order, totalMax: order.totalMax ?? (await spender.remaining()), ...common }),
  )
  context.output.progress('')
  finishRows(part, out, columnsOf(purchase))
  const receipt = options.receipt ?? defaultReceipt(context, spender, purchase)
  const settled =
    options.keepChannel === true ? undefined : await settlePurchase(buyer.agent, mandated, purchase, receipt)
  report(context, { purchase, settled, mandated, out, receipt })
}

type Order = Omit<PurchaseOrder, 'sink' | 'signal' | 'onEvent' | 'totalMax'> & { totalMax?: bigint }

/** Undefined for a purchase that is resumed: its terms are those that were agreed. Errors: USAGE, AMOUNT_MALFORMED. */
function readOrder(capability: string | undefined, options: BuyOptions): Order | undefined {
  if (options.resume !== undefined) {
    if (capability !== undefined || options.quantity !== undefined)
      throw usage('a resumed purchase has its terms already: give only --resume and --out')
    return undefined
  }
  if (capability === undefined)
    throw usage('name what to buy, such as data.rows; "symbolon identity search" shows what there is')
  if (options.quantity === undefined) throw usage('say how much with --quantity')
  const { resource, domain, task, first, maxPrice, maxTotal, collateral } = options
  return {
    capability,
    quantity: parseCount(options.quantity, '--quantity'),
    unitPriceMax: maxPrice === undefined ? AMOUNT_MAX : parseAmount(maxPrice),
    reputationMin: parseShare(options.minReputation ?? '0', '--min-reputation'),
    ...(maxTotal === undefined ? {} : { totalMax: parseAmount(maxTotal) }),
    ...(resource === undefined ? {} : { resource }),
    ...(domain === undefined ? {} : { domain }),
    ...(task === undefined ? {} : { task }),
    ...(first === undefined ? {} : { first: Number(parseCount(first, '--first', 0n)) }),
    ...(collateral === undefined ? {} : { collateral: parseAmount(collateral) }),
  }
}

/** Errors: PURCHASE_UNKNOWN, PURCHASE_AMBIGUOUS naming the choices. */
function chooseResumable(buyer: Buyer, resume: boolean | string | undefined): Hash {
  // What was agreed and never paid for binds nobody; only these can have taken something.
  const unfinished = buyer.purchases.unfinished().filter(({ channel }) => channel !== undefined)
  const wanted = typeof resume === 'string' ? resume.toLowerCase() : ''
  const matching = unfinished.filter(({ id }) => toHex(id).startsWith(wanted))
  const [only, second] = matching
  if (only === undefined)
    throw new CliError('PURCHASE_UNKNOWN', 'there is no such interrupted purchase; nothing has to be resumed')
  if (second === undefined) return only.id
  const choices = matching.map(({ id }) => toHex(id).slice(0, 16)).join(', ')
  throw new CliError(
    'PURCHASE_AMBIGUOUS',
    `several purchases were interrupted; choose one with --resume ID: ${choices}`,
  )
}

/** Errors: INTERRUPTED for a purchase that Ctrl-C ended. */
async function carryOut(run: () => Promise<Purchase>): Promise<Purchase> {
  try {
    return await run()
  } catch (cause) {
    const aborted =
      isSymbolonError(cause, 'PURCHASE_ABORTED') ||
      (isSymbolonError(cause) && isSymbolonError(cause.cause, 'PURCHASE_ABORTED'))
    if (!aborted) throw cause
    throw new CliError(
      'INTERRUPTED',
      'the purchase was interrupted; what is paid is kept: go on with "symbolon buy --resume" and the same --out',
      { cause },
    )
  }
}

/** Names of the columns, for CSV. */
function columnsOf({ evidence }: Purchase): string[] | undefined {
  const { resource } = decodeSigned(descriptorForm, evidence.descriptor).body
  if (resource.kind !== 'data' || resource.body.format !== 'csv') return undefined
  return resource.body.columns.map(({ name }) => name)
}

function defaultReceipt({ home }: Context, { name }: Spender, { settled }: Purchase): string {
  const directory = home.receiptsDirectory(name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return join(directory, `${toHex(settled.quote.digest)}.receipt`)
}

interface Outcome {
  readonly purchase: Purchase
  readonly settled: SettledPurchase | undefined
  readonly mandated: Mandated
  readonly out: string
  readonly receipt: string
}

function report({ output }: Context, { purchase, settled, mandated, out, receipt }: Outcome): void {
  const { available } = mandated.interceptor.report()
  const links = settled?.links
  const phases = Object.entries(purchase.phasesMs).map(
    ([name, ms]) => [name, Math.round((ms ?? 0) * 10) / 10] as const,
  )
  output.result(
    {
      provider: formatDid(purchase.provider),
      resource: purchase.resource,
      units: Number(purchase.units),
      paid: formatAmount(purchase.paid),
      fees: settled === undefined ? null : formatAmount(settled.fees),
      channel: toHex(purchase.channel),
      channelOpen: settled === undefined,
      warm: purchase.warm,
      out,
      receipt: links === undefined ? null : receipt,
      receiptLinks: links ?? 0,
      mandateAvailable: formatAmount(available),
      phasesMs: Object.fromEntries(phases),
    },
    () =>
      renderFacts({
        bought: `${purchase.units} × ${purchase.resource}`,
        from: formatDid(purchase.provider),
        paid: `${formatAmount(purchase.paid)} units`,
        fees: settled === undefined ? undefined : `${formatAmount(settled.fees)} units`,
        rows: out,
        channel: `${toHex(purchase.channel)} (${settled === undefined ? 'open' : 'closed'})`,
        receipt: links === undefined ? undefined : `${receipt} (${links} of ${links} links hold)`,
        left: `${formatAmount(available)} units under the mandate`,
        time: phases.map(([name, ms]) => `${name} ${ms} ms`).join(', '),
      }),
  )
}
