/** What trades leave behind: edges whose weight grows with the logarithm of value, few of them per pair and epoch (TRU-037). */
import type { Edge } from '@symbolon/reputation'

export const EPOCH_DAYS = 7
/** Settlements of one pair that count in one epoch. */
export const COUNTED_PER_EPOCH = 3
/** A settlement above 2¹⁰ USDC counts no more than one of that value. */
export const WEIGHT_MAX = 10

export interface Trade {
  readonly payer: string
  readonly payee: string
  /** USDC, ≥ 0. */
  readonly value: number
  readonly day: number
}

export function tradeWeight(value: number): number {
  return Math.min(WEIGHT_MAX, Math.log2(1 + value))
}

/**
 * Edges payer → payee of the counted trades, in the order given; trades of one pair must ascend in time. Two edges at most
 * per pair, at the first and at the last counted trade, so that an evidence log of years stays small.
 */
export function evidenceOf(trades: readonly Trade[], accepted: boolean): Edge[] {
  const pairs = new Map<string, { counted: Trade[]; epoch: number; inEpoch: number }>()
  for (const trade of trades) {
    const key = `${trade.payer} ${trade.payee}`
    const held = pairs.get(key) ?? { counted: [], epoch: -1, inEpoch: 0 }
    pairs.set(key, held)
    const epoch = Math.floor(trade.day / EPOCH_DAYS)
    held.inEpoch = epoch === held.epoch ? held.inEpoch + 1 : 1
    held.epoch = epoch
    if (held.inEpoch <= COUNTED_PER_EPOCH) held.counted.push(trade)
  }
  const edges: Edge[] = []
  for (const { counted } of pairs.values()) {
    const first = counted[0] as Trade
    const later = counted.slice(1)
    const edge = (of: readonly Trade[], day: number): Edge => ({
      from: first.payer,
      to: first.payee,
      weight: of.reduce((sum, { value }) => sum + tradeWeight(value), 0),
      value: of.reduce((sum, { value }) => sum + value, 0),
      time: day,
      kind: 'settlement',
      ...(accepted ? { accepted } : {}),
    })
    edges.push(edge([first], first.day))
    if (later.length > 0) edges.push(edge(later, (later.at(-1) as Trade).day))
  }
  return edges
}
