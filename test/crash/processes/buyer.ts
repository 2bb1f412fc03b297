/**
 * A buyer with a mandate that buys the file again and again, one purchase after the other, until it is told to finish; then it
 * closes its channels. After a kill it goes on with what was unfinished. The rows of its k-th purchase are in `order-k.rows`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Channel } from '@symbolon/channels'
import { Journal } from '@symbolon/journal'
import { Interceptor, type Mandate, mandateDigest, type SignedMandate } from '@symbolon/mandates'
import { addressOf, BASE_UNITS_PER_UNIT, Ed25519KeyPair } from '@symbolon/primitives'
import { frameId } from '@symbolon/protocol'
import { Buyer, COLD_BUDGET, dial, MandatedKeys, ROUTES, WARM_BUDGET } from '@symbolon/sdk'
import { FileSink } from './file-sink.ts'
import { announce, commands, marker } from './marker.ts'
import { addressOfProcess, connect, directory, GENESIS, PRICE, ROWS, seed } from './setting.ts'

const own = join(directory, 'buyer')
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
let isFinishing = false
commands((line) => {
  if (line === 'finish') isFinishing = true
})

announce(Channel.prototype, 'update', (operations) => `update ${operations.map(({ kind }) => kind).join()}`)

function mandate(): SignedMandate {
  const principal = new Ed25519KeyPair(seed('principal/account'))
  const of: Mandate = {
    frame: frameId(GENESIS),
    issuer: addressOf(principal.publicKey),
    delegate: addressOf(new Ed25519KeyPair(seed('buyer/account')).publicKey),
    caps: { total: 900_000n * BASE_UNITS_PER_UNIT },
    windows: [],
    expiresAt: 4_000_000_000n,
    margin: 0,
    nonce: seed('mandate').slice(0, 16),
  }
  return { mandate: of, publicKey: principal.publicKey, signature: principal.sign(mandateDigest(of)) }
}

const client = await connect()
const interceptor = await Interceptor.open({
  frame: frameId(GENESIS),
  principal: addressOf(new Ed25519KeyPair(seed('principal/account')).publicKey),
  chain: [mandate()],
  seeds: { account: seed('buyer/account'), channel: seed('buyer/channel') },
  journal: Journal.open({ directory: join(own, 'audit') }),
  clock: () => Math.floor(Date.now() / 1_000),
  validators: () => GENESIS.validators,
  disputeBond: GENESIS.parameters.disputeBond,
})
const buyer = await Buyer.open({ client, keys: new MandatedKeys(interceptor), directory: own })
announce(buyer.purchases, 'save', (progress) => {
  const steps = ['settled', 'streamed', 'run', 'authenticated', 'preimage', 'challenge', 'channel'] as const
  return `save ${steps.find((step) => progress[step] !== undefined) ?? 'commitment'}`
})
announce(buyer.agent.ledger, 'transact', ({ kind }) => `transact ${kind}`)
announce(buyer.agent.host, 'open', () => 'open')

let written = 0
const sinkOf = (order: number): FileSink =>
  new FileSink(join(own, `order-${order}.rows`), (lines) => {
    if (Math.floor((written + lines) / 100) > Math.floor(written / 100)) marker('written')
    written += lines
  })

const budget = { ...COLD_BUDGET, envelopeMs: 60_000 }
marker('ready')
for (;;) {
  const order = buyer.purchases.settled().length
  const [unfinished, ...more] = buyer.purchases.unfinished()
  if (more.length > 0) throw new Error('two purchases are unfinished, one at a time was begun')
  try {
    if (unfinished !== undefined) {
      const sink = sinkOf(order)
      marker(`resuming with ${sink.kept}`)
      const { units, paid } = await buyer.resume(unfinished.id, { sink }, sink.kept)
      marker(`resumed ${units} ${paid}`)
    } else if (!isFinishing || order === 0) {
      const { units, paid } = await buyer.buy({
        capability: 'data.rows',
        quantity: BigInt(ROWS),
        unitPriceMax: PRICE,
        totalMax: PRICE * BigInt(ROWS),
        collateral: PRICE * BigInt(ROWS) * 5n,
        warmBudget: { ...WARM_BUDGET, envelopeMs: 60_000 },
        coldBudget: budget,
        sink: sinkOf(order),
      })
      marker(`bought ${units} ${paid}`)
    } else break
  } catch (error) {
    marker(`error ${order} ${(error as { code?: string }).code ?? ''} ${(error as Error).message}`)
    await wait(100)
  }
}

for (const channel of [...buyer.agent.host.channels.values()]) {
  try {
    const url = addressOfProcess('seller')?.replace('http', 'ws') ?? ''
    if (!channel.isOnline) await channel.connect(await dial(url + ROUTES.channel))
    await channel.closeCooperative()
  } catch (error) {
    marker(`error closing ${(error as { code?: string }).code ?? ''} ${(error as Error).message}`)
  }
}
writeFileSync(join(own, 'settled'), String(buyer.purchases.settled().length))
marker('finished')
process.exit(0)
