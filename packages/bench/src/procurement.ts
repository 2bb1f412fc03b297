/**
 * The procurement loop over the loopback interface, from the decision to buy to the settlement: discovery on the frame with proofs,
 * quote, channel, 402 challenge, credential, stream of ten rows each verified before it is paid, settlement. The buyer spends
 * under a mandate; frame, seller and buyer are in one process and every journal is synced.
 *
 * Warm: a channel with room is there. Cold: a buyer that nobody has seen opens one on the frame first.
 * Times of single purchases one after another, as quantiles; there is no peer, and no turns to take.
 * Not measured: closing the channel and the receipt (once per channel, not per purchase), a network, several buyers at once.
 */
import { SymbolonError } from '@symbolon/primitives'
import {
  type Buyer,
  COLD_BUDGET,
  PHASES,
  type Purchase,
  type PurchaseOrder,
  WARM_BUDGET,
} from '@symbolon/sdk'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { latencyRow, skippedRow } from './harness/row.ts'
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
    const made = {
      warm: await warmPurchases(market, Math.ceil(WARM_UP * scale), Math.ceil(WARM_PURCHASES * scale)),
      cold: await coldPurchases(market, Math.ceil(COLD_PURCHASES * scale)),
    }
    return Object.entries(QUANTILES).map(([name, { kind, q, bar }]) => {
      const { purchases, failures } = made[kind]
      const title = `${kind} purchase of ${ROWS_PER_PURCHASE} rows, ${q === 0.5 ? 'median' : '99 % within'}`
      if (purchases.length === 0) return skippedRow(name, title, `no purchase came about: ${failures[0]}`)
      const totals = purchases.map(({ totalMs }) => totalMs)
      const first = quantile(
        purchases.map(({ firstUnitMs }) => firstUnitMs),
        q,
      )
      return latencyRow({
        name,
        title,
        ms: quantile(totals, q),
        samples: totals.length,
        ...(bar === undefined ? {} : { bar }),
        failures: failures.length,
        note: `first row verified and paid after ${formatFigure(first)} ms; ${phasesOf(purchases, q)}${describe(failures)}`,
      })
    })
  } finally {
    await market.close()
  }
}

interface Made {
  readonly purchases: readonly Purchase[]
  /** Messages of purchases that did not come about. They are in no quantile, and no bar is met with them. */
  readonly failures: readonly string[]
}

/** One buyer in one channel; its first purchase opens it and is not counted. */
async function warmPurchases(market: BenchMarket, warmUp: number, count: number): Promise<Made> {
  const { buyer, close } = await market.newBuyer()
  try {
    // Room for all of them, and as much again for the reserve.
    const collateral = 2n * ROW_PRICE * ROWS_PER_PURCHASE * BigInt(warmUp + count + 1)
    const opening = await attempt(buyer, { ...order(), collateral }, false)
    if (typeof opening === 'string') return { purchases: [], failures: [opening] }
    for (let made = 0; made < warmUp; made++) await attempt(buyer, order(), true)
    const outcomes: (Purchase | string)[] = []
    for (let made = 0; made < count; made++) outcomes.push(await attempt(buyer, order(), true))
    return sorted(outcomes)
  } finally {
    await close()
  }
}

/** A new buyer for each. */
async function coldPurchases(market: BenchMarket, count: number): Promise<Made> {
  const outcomes: (Purchase | string)[] = []
  for (let made = 0; made < count; made++) {
    const { buyer, close } = await market.newBuyer()
    try {
      outcomes.push(await attempt(buyer, order(), false))
    } finally {
      await close()
    }
  }
  return sorted(outcomes)
}

/** The purchase, or why it failed. Throws if it succeeded and is not what was ordered: then nothing here can be believed. */
async function attempt(buyer: Buyer, ordered: PurchaseOrder, warm: boolean): Promise<Purchase | string> {
  let purchase: Purchase
  try {
    purchase = await buyer.buy(ordered)
  } catch (error) {
    if (error instanceof SymbolonError) return error.message
    throw error
  }
  if (purchase.units !== ROWS_PER_PURCHASE)
    throw new Error(`${purchase.units} rows arrived of ${ROWS_PER_PURCHASE}`)
  if (purchase.warm !== warm)
    throw new Error(`a purchase was ${purchase.warm ? 'warm' : 'cold'} that must not be`)
  return purchase
}

function sorted(outcomes: readonly (Purchase | string)[]): Made {
  const purchases = outcomes.filter((outcome) => typeof outcome !== 'string')
  const failures = outcomes.filter((outcome) => typeof outcome === 'string')
  return { purchases, failures }
}

/** What each phase takes; the quantiles of phases need not add up to that of the whole. */
function phasesOf(purchases: readonly Purchase[], q: number): string {
  return PHASES.map((phase) => {
    const ms = purchases.map(({ phasesMs }) => phasesMs[phase] ?? 0)
    return `${phase} ${formatFigure(quantile(ms, q))}`
  }).join(', ')
}

function describe(failures: readonly string[]): string {
  return failures.length === 0 ? '' : `; ${failures.length} FAILED, the first: ${failures[0]}`
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
