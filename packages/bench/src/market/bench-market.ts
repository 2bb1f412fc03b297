/**
 * A frame, a seller of rows, and buyers that each spend under a mandate: everything that a purchase needs, in one process, over real
 * sockets of the loopback interface, with every journal on disk.
 */
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { Interceptor, mandateDigest, type SignedMandate } from '@symbolon/mandates'
import { addressOf, Ed25519KeyPair, parseAmount, sha256, utf8 } from '@symbolon/primitives'
import { frameId } from '@symbolon/protocol'
import { Buyer, FrameClient, listenForSeller, MandatedKeys, OwnKeys, Seller } from '@symbolon/sdk'
import { type BenchFrame, openBenchFrame, seedOf } from '../frame/bench-frame.ts'

/** Base units of one row, and rows on sale. */
export const ROW_PRICE = parseAmount('0.001')
const ROWS = 1_000
const BUDGET = parseAmount('1000')
const SECONDS_PER_DAY = 86_400n
/** Accounts of the frame by role; buyers come after. */
const SELLER = 0
const PRINCIPAL = 1
const FIRST_BUYER = 2

export interface BenchMarket {
  /** An agent that nobody has seen before, with money, a mandate and no channel. */
  newBuyer(): Promise<{ readonly buyer: Buyer; close(): Promise<void> }>
  close(): Promise<void>
}

export async function openBenchMarket(directory: string): Promise<BenchMarket> {
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one()
  }
  try {
    const frame = await openBenchFrame(join(directory, 'node'))
    closers.push(() => frame.close())
    await openSeller(directory, frame, closers)
    let buyers = 0
    return { newBuyer: () => openBuyer(directory, frame, buyers++), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openSeller(
  directory: string,
  frame: BenchFrame,
  closers: (() => Promise<void>)[],
): Promise<void> {
  const client = await FrameClient.connect({ url: frame.node.url, frame: frame.frame })
  closers.push(async () => client.close())
  const listener = await listenForSeller()
  const seller = await Seller.open({
    client,
    keys: new OwnKeys({ account: seedOf(SELLER), channel: sha256(utf8('seller channel')) }),
    directory: join(directory, 'seller'),
    url: listener.url,
    rootSecrets: new Map([[1, sha256(utf8('root secret'))]]),
    rootVersion: 1,
  })
  closers.push(() => seller.close())
  const server = listener.attach(seller)
  closers.push(() => server.close())
  const rows = Array.from({ length: ROWS }, (_, at) => `${at},${at * at}\n`)
  await seller.sellFile(
    { name: 'squares.csv', format: 'csv', content: utf8(`n,square\n${rows.join('')}`) },
    ROW_PRICE,
  )
  await seller.publish()
}

async function openBuyer(
  directory: string,
  { node, frame }: BenchFrame,
  number: number,
): Promise<{ buyer: Buyer; close(): Promise<void> }> {
  const folder = join(directory, `buyer-${number}`)
  const seeds = { account: seedOf(FIRST_BUYER + number), channel: sha256(utf8(`buyer ${number} channel`)) }
  const { genesis } = node.store
  const client = await FrameClient.connect({ url: node.url, frame: frameId(genesis) })
  const journal = Journal.open({ directory: join(folder, 'audit') })
  const principal = new Ed25519KeyPair(seedOf(PRINCIPAL))
  const interceptor = await Interceptor.open({
    frame,
    principal: addressOf(principal.publicKey),
    chain: [mandateFor(frame, principal, seeds.account, number)],
    seeds,
    journal,
    clock: () => Math.floor(Date.now() / 1_000),
    validators: () => genesis.validators,
    disputeBond: genesis.parameters.disputeBond,
  })
  const buyer = await Buyer.open({
    client,
    keys: new MandatedKeys(interceptor),
    directory: join(folder, 'agent'),
  })
  return {
    buyer,
    async close() {
      await buyer.close()
      await journal.close()
      client.close()
    },
  }
}

function mandateFor(
  frame: BenchFrame['frame'],
  principal: Ed25519KeyPair,
  account: Uint8Array,
  number: number,
): SignedMandate {
  const mandate = {
    frame,
    issuer: addressOf(principal.publicKey),
    delegate: addressOf(new Ed25519KeyPair(account).publicKey),
    caps: { total: BUDGET, perProvider: BUDGET },
    windows: [],
    expiresAt: BigInt(Math.floor(Date.now() / 1_000)) + SECONDS_PER_DAY,
    margin: 0,
    nonce: sha256(utf8(`mandate ${number}`)).slice(0, 16),
  }
  return { mandate, publicKey: principal.publicKey, signature: principal.sign(mandateDigest(mandate)) }
}
