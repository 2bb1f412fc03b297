/**
 * The procurement loop over the loopback interface, from the decision to buy to the settlement: discovery on the frame with proofs,
 * quote, channel, 402 challenge, credential, stream of ten rows each verified before it is paid, settlement. The buyer spends
 * under a mandate; frame, seller and buyer are in one process and every journal is synced.
 *
 * Warm: a channel with room is there. Cold: a buyer that nobody has seen opens one on the frame first.
 * Times of single purchases one after another, as quantiles; there is no peer, and no turns to take.
 * Not measured: closing the channel and the receipt (once per channel, not per purchase), a network, several buyers at once.
 */
import { COLD_BUDGET, type Purchase, type PurchaseOrder, WARM_BUDGET } from '@symbolon/sdk'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { latencyRow } from './harness/row.ts'
import { quantile } from './harness/statistics.ts'
import { formatFigure } from './harness/table.ts'
import { type BenchMarket, openBenchMarket, ROW_PRICE } from './market/bench-market.ts'

const ROWS_PER_PURCHASE = 10n
const WARM_PURCHASES = 400
const COLD_PURCHASES = 100
/** Not counted: the first ones compile the code. */
const WARM_UP = 20
/** A slow machine shows in the figures; it must not abort the purchase. */
const ENVELOPE_MS = 60_000
/** What each row is: quantile and bar in milliseconds. */
const QUANTILES = {
  'procurement-warm-p50': { kind: 'warm', q: 0.5, bar: 15 },
  'procurement-warm-p99': { kind: 'warm', q: 0.99, bar: 60 },
  'procurement-cold-p50': { kind: 'cold', q: 0.5, bar: 120 },
  'procurement-cold-p99': { kind: 'cold', q: 0.99, bar: undefined },
} as const

export const procurement: Benchmark = { names: Object.keys(QUANTILES), run }

async function run({ effort: { scale }, directory }: BenchmarkContext): Promise<Row[]> {
  const market = await openBenchMarket(directory)
  try {
    const times = {
      warm: await warmPurchases(market, Math.ceil(WARM_UP * scale), Math.ceil(WARM_PURCHASES * scale)),
      cold: await coldPurchases(market, Math.ceil(COLD_PURCHASES * scale)),
    }
    return Object.entries(QUANTILES).map(([name, { kind, q, bar }]) => {
      const purchases = times[kind]
      const totals = purchases.map(({ totalMs }) => totalMs)
      const first = quantile(
        purchases.map(({ firstUnitMs }) => firstUnitMs),
        q,
      )
      return latencyRow({
        name,
        title: `${kind} purchase of ${ROWS_PER_PURCHASE} rows, ${q === 0.5 ? 'median' : '99 % within'}`,
        ms: quantile(totals, q),
        samples: totals.length,
        ...(bar === undefined ? {} : { bar }),
        note: `first row verified and paid after ${formatFigure(first)} ms`,
      })
    })
  } finally {
    await market.close()
  }
}

/** One buyer in one channel; its first purchase opens it and is not counted. */
async function warmPurchases(market: BenchMarket, warmUp: number, count: number): Promise<Purchase[]> {
  const { buyer, close } = await market.newBuyer()
  try {
    const purchases: Purchase[] = []
    for (let made = 0; made <= warmUp + count; made++) {
      // Room for all of them, and as much again for the reserve.
      const collateral = 2n * ROW_PRICE * ROWS_PER_PURCHASE * BigInt(warmUp + count + 1)
      const purchase = await buyer.buy({ ...order(), collateral })
      requireComplete(purchase, made > 0)
      if (made > warmUp) purchases.push(purchase)
    }
    return purchases
  } finally {
    await close()
  }
}

/** A new buyer for each. */
async function coldPurchases(market: BenchMarket, count: number): Promise<Purchase[]> {
  const purchases: Purchase[] = []
  for (let made = 0; made < count; made++) {
    const { buyer, close } = await market.newBuyer()
    try {
      const purchase = await buyer.buy(order())
      requireComplete(purchase, false)
      purchases.push(purchase)
    } finally {
      await close()
    }
  }
  return purchases
}

function order(): PurchaseOrder {
  return {
    capability: 'data.rows',
    quantity: ROWS_PER_PURCHASE,
    unitPriceMax: ROW_PRICE,
    totalMax: ROW_PRICE * ROWS_PER_PURCHASE,
    sink: { write: () => {} },
    warmBudget: { ...WARM_BUDGET, envelopeMs: ENVELOPE_MS },
    coldBudget: { ...COLD_BUDGET, envelopeMs: ENVELOPE_MS },
  }
}

function requireComplete({ units, warm }: Purchase, expectWarm: boolean): void {
  if (units !== ROWS_PER_PURCHASE) throw new Error(`${units} rows arrived of ${ROWS_PER_PURCHASE}`)
  if (warm !== expectWarm) throw new Error(`a purchase was ${warm ? 'warm' : 'cold'} that must not be`)
}
