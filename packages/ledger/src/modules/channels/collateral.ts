/**
 * Collateral: the opening deposits and the later ones. A state divides the opening deposits and a prefix of the later
 * ones, in ledger order; a deposit that the state does not absorb still belongs to who paid it in (CON-110, CON-111).
 */
import type { Amount } from '@symbolon/primitives'
import type { ChannelRecord } from '@symbolon/protocol'

/**
 * How many of the later deposits a state of this total absorbs; undefined if no prefix gives the total.
 * Deposits are above zero, so at most one prefix does.
 */
export function absorbedDeposits(channel: ChannelRecord, total: Amount): number | undefined {
  let absorbed = (channel.terms.deposits[0] ?? 0n) + (channel.terms.deposits[1] ?? 0n)
  if (absorbed === total) return 0
  for (const [index, { amount }] of channel.deposits.entries()) {
    absorbed += amount
    if (absorbed === total) return index + 1
  }
  return undefined
}

/** What returns to each party because the state does not absorb it. */
export function unabsorbed(channel: ChannelRecord, absorbed: number): [Amount, Amount] {
  const back: [Amount, Amount] = [0n, 0n]
  for (const { party, amount } of channel.deposits.slice(absorbed)) back[party === 0 ? 0 : 1] += amount
  return back
}

/** All that each party has put in. */
export function contributed(channel: ChannelRecord): [Amount, Amount] {
  const later = unabsorbed(channel, 0)
  return [(channel.terms.deposits[0] ?? 0n) + later[0], (channel.terms.deposits[1] ?? 0n) + later[1]]
}
