/**
 * The main job, from nothing: a frame, a seller of the rows of a file, and a buyer with a bounded budget that has never heard of it.
 * The buyer buys once cold (the channel is opened for the purchase) and once warm (in the same channel), closes the channel, and
 * verifies its receipts as a third party would: from their bytes and the frame's genesis alone.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Journal } from '@symbolon/journal'
import {
  encodeReceipt,
  Interceptor,
  mandateDigest,
  type SignedMandate,
  verifyReceiptBytes,
} from '@symbolon/mandates'
import type { FrameNode } from '@symbolon/node'
import { type Amount, Ed25519KeyPair, formatAmount, parseAmount, toHex } from '@symbolon/primitives'
import { frameId, type Genesis, supplyDelta } from '@symbolon/protocol'
import {
  Buyer,
  type ClosedChannel,
  FrameClient,
  listenForSeller,
  MandatedKeys,
  OwnKeys,
  type Purchase,
  type PurchaseEvent,
  receiptDecoders,
  Seller,
  type SellerServer,
  Settlement,
} from '@symbolon/sdk'
import { FileSink } from './file-sink.ts'
import { type DemoIdentity, newIdentity, startFrame } from './frame.ts'
import { sampleMachine } from './sample.ts'

export interface DemoOptions {
  /** Folder for everything that the run writes; created. */
  readonly directory: string
  /** CSV or NDJSON to sell; default: measurements of this machine, taken now. */
  readonly data?: string
  /** Rows to buy at most. */
  readonly rows: number
  readonly price: string
  readonly port: number
  readonly onEvent: (event: DemoEvent) => void
}

export type DemoEvent =
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'purchase'; readonly which: 'cold' | 'warm'; readonly event: PurchaseEvent }

export interface DemoResult {
  readonly rows: number
  readonly verified: number
  readonly paid: Amount
  readonly ledgerTransactions: number
  readonly ledgerCost: Amount
  readonly cold: Readonly<Record<string, number>>
  readonly warm: Readonly<Record<string, number>>
  readonly warmRows: number
  readonly ticksPerSecond: number
  readonly supply: { readonly issued: Amount; readonly circulating: Amount; readonly delta: bigint }
  readonly receipt: string
  readonly receiptLinks: number
  readonly frame: string
  readonly urls: { readonly frame: string; readonly seller: string }
}

export interface RunningDemo {
  readonly result: DemoResult
  stop(): Promise<void>
}

/** Rows of the second purchase: enough to show the loop, few enough to show its latency and nothing else. */
const WARM_ROWS = 10
/** Rows that the seller delivers before they are paid: it risks 0.128 units to save round trips. */
const CREDIT_WINDOW = 128

export async function runDemo(options: DemoOptions): Promise<RunningDemo> {
  const { directory, onEvent } = options
  mkdirSync(directory, { recursive: true })
  const closers: (() => Promise<unknown> | unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const principal = newIdentity()
    const sellerIdentity = newIdentity()
    const buyerIdentity = newIdentity()
    const { node, genesis } = await startFrame(
      directory,
      [
        { identity: sellerIdentity, units: 1_000n },
        { identity: buyerIdentity, units: 100n },
      ],
      { port: options.port, logLevel: 'error' },
    )
    closers.push(() => node.stop())
    writeFileSync(
      join(directory, 'frame.json'),
      `${JSON.stringify({ frame: toHex(frameId(genesis)), url: node.url })}\n`,
    )
    onEvent({ kind: 'step', text: `frame ${toHex(frameId(genesis)).slice(0, 16)}… at ${node.url}` })

    const file = dataFile(options)
    const price = parseAmount(options.price)
    const { seller, server } = await startSeller(directory, node, genesis, sellerIdentity, closers)
    const offer = await seller.sellFile(file, price)
    await seller.publish()
    onEvent({
      kind: 'step',
      text: `seller at ${server.url}: ${offer.goods?.rows.length} rows of ${file.name} at ${options.price} each`,
    })

    const rows = Math.min(options.rows, offer.goods?.rows.length ?? 0)
    const { buyer, settlement, mandate } = await startBuyer(
      directory,
      node,
      genesis,
      principal,
      buyerIdentity,
      closers,
    )
    const total = price * BigInt(rows)
    const warmTotal = price * BigInt(Math.min(WARM_ROWS, rows))
    const out = join(directory, 'bought.rows')
    const sink = new FileSink(out)
    const cold = await buyer.buy({
      capability: 'data.rows',
      quantity: BigInt(rows),
      unitPriceMax: price,
      totalMax: total,
      // Room for both purchases and the reserve: the second one finds the channel warm.
      collateral: total + warmTotal + (total + warmTotal) / 50n + 1n,
      sink,
      onEvent: (event) => onEvent({ kind: 'purchase', which: 'cold', event }),
    })
    await sink.close()
    const warm = await buyer.buy({
      capability: 'data.rows',
      quantity: BigInt(Math.min(WARM_ROWS, rows)),
      unitPriceMax: price,
      totalMax: warmTotal,
      sink: { write: () => {} },
      onEvent: (event) => onEvent({ kind: 'purchase', which: 'warm', event }),
    })
    const channel = buyer.agent.host.get(cold.channel)
    if (channel === undefined) throw new Error('the channel of the purchase is gone')
    const closed = await settlement.close(buyer.agent, channel)
    onEvent({
      kind: 'step',
      text: 'channel closed; verifying the receipt from its bytes and the genesis alone',
    })
    const receipt = join(directory, 'receipt.symbolon')
    const receiptLinks = writeReceipt(receipt, settlement, cold, closed, mandate, genesis)
    const onChannel = settlement.transactions.filter(({ body }) => body.payload.kind.startsWith('channels.'))
    const { supply } = node.store.ledger.head
    return {
      stop,
      result: {
        rows,
        verified: Number(cold.units),
        paid: cold.paid,
        ledgerTransactions: onChannel.length,
        ledgerCost: onChannel.reduce((sum, { receipt: { feeCharged } }) => sum + feeCharged, 0n),
        cold: timesOf(cold),
        warm: timesOf(warm),
        warmRows: Number(warm.units),
        ticksPerSecond: Math.round((Number(cold.units) - 1) / (cold.streamMs / 1_000)),
        supply: {
          issued: supply.issued,
          circulating: supply.issued - supply.destroyed,
          delta: supplyDelta(supply),
        },
        receipt,
        receiptLinks,
        frame: toHex(frameId(genesis)),
        urls: { frame: node.url, seller: server.url },
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function dataFile({ data, rows }: DemoOptions): {
  name: string
  format: 'csv' | 'ndjson'
  content: Uint8Array
} {
  if (data === undefined) return { name: 'machine-jitter.csv', format: 'csv', content: sampleMachine(rows) }
  const name = basename(data)
  return { name, format: /\.(ndjson|jsonl)$/.test(name) ? 'ndjson' : 'csv', content: readFileSync(data) }
}

type Closers = (() => Promise<unknown> | unknown)[]

async function startSeller(
  directory: string,
  node: FrameNode,
  genesis: Genesis,
  identity: DemoIdentity,
  closers: Closers,
): Promise<{ seller: Seller; server: SellerServer }> {
  const client = await FrameClient.connect({ url: node.url, frame: frameId(genesis) })
  closers.push(() => client.close())
  const listener = await listenForSeller()
  const seller = await Seller.open({
    client,
    keys: new OwnKeys({ account: identity.seeds.account.slice(), channel: identity.seeds.channel.slice() }),
    directory: join(directory, 'seller'),
    url: listener.url,
    rootSecrets: new Map([[1, crypto.getRandomValues(new Uint8Array(32))]]),
    rootVersion: 1,
    creditWindow: CREDIT_WINDOW,
  })
  closers.push(() => seller.close())
  const server = listener.attach(seller)
  closers.push(() => server.close())
  return { seller, server }
}

async function startBuyer(
  directory: string,
  node: FrameNode,
  genesis: Genesis,
  principal: DemoIdentity,
  identity: DemoIdentity,
  closers: Closers,
): Promise<{ buyer: Buyer; settlement: Settlement; mandate: SignedMandate }> {
  const client = await FrameClient.connect({ url: node.url, frame: frameId(genesis) })
  closers.push(() => client.close())
  const mandate = newMandate(genesis, principal, identity)
  const journal = Journal.open({ directory: join(directory, 'buyer-audit') })
  closers.push(() => journal.close())
  const interceptor = await Interceptor.open({
    frame: frameId(genesis),
    principal: principal.address,
    chain: [mandate],
    seeds: { account: identity.seeds.account.slice(), channel: identity.seeds.channel.slice() },
    journal,
    clock: () => Math.floor(Date.now() / 1_000),
    validators: () => genesis.validators,
    disputeBond: genesis.parameters.disputeBond,
  })
  const keys = new MandatedKeys(interceptor)
  const settlement = new Settlement(keys, frameId(genesis))
  const buyer = await Buyer.open({
    client,
    keys,
    directory: join(directory, 'buyer'),
    anchor: () => settlement.anchor(),
    onFinal: (transaction) => settlement.record(transaction),
  })
  closers.push(() => buyer.close())
  return { buyer, settlement, mandate }
}

/** At most 50 units, for data rows only, at most 20 to one provider, for an hour. */
function newMandate(genesis: Genesis, principal: DemoIdentity, delegate: DemoIdentity): SignedMandate {
  const key = new Ed25519KeyPair(principal.seeds.account)
  const mandate = {
    frame: frameId(genesis),
    issuer: principal.address,
    delegate: delegate.address,
    caps: { total: parseAmount('50'), perProvider: parseAmount('20') },
    windows: [],
    expiresAt: BigInt(Math.floor(Date.now() / 1_000) + 3_600),
    margin: 0,
    nonce: crypto.getRandomValues(new Uint8Array(16)),
  }
  return { mandate, publicKey: key.publicKey, signature: key.sign(mandateDigest(mandate)) }
}

/** Writes the receipt and verifies what was written; returns how many links hold. Throws if one does not. */
function writeReceipt(
  path: string,
  settlement: Settlement,
  purchase: Purchase,
  closed: ClosedChannel,
  mandate: SignedMandate,
  genesis: Genesis,
): number {
  const frame = frameId(genesis)
  writeFileSync(path, encodeReceipt(settlement.receipt(purchase.evidence, closed, [mandate])))
  const report = verifyReceiptBytes(
    readFileSync(path),
    { frame, validators: genesis.validators },
    receiptDecoders(frame),
  )
  const broken = report.checks.find(({ passed }) => !passed)
  if (broken !== undefined) throw new Error(`the receipt does not verify: ${broken.link}: ${broken.reason}`)
  if (report.paid !== purchase.paid)
    throw new Error(
      `the receipt proves ${formatAmount(report.paid)}, paid were ${formatAmount(purchase.paid)}`,
    )
  return report.checks.length
}

/** Milliseconds per phase; `total` is from the decision to buy to the settlement. */
function timesOf({ phasesMs, firstUnitMs, streamMs, totalMs }: Purchase): Record<string, number> {
  const round = (ms: number): number => Math.round(ms * 100) / 100
  const { stream: _, ...setup } = phasesMs
  return {
    ...Object.fromEntries(Object.entries(setup).map(([name, ms]) => [name, round(ms ?? 0)])),
    firstUnit: round(firstUnitMs),
    stream: round(streamMs),
    total: round(totalMs),
  }
}
