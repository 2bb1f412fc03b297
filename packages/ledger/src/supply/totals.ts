/** The supply totals of the header, moved on by the legs of events. */
import { BUCKETS, type Bucket, type LedgerEvent, type Supply, supplyDelta } from '@symbolon/protocol'
import { LedgerFault } from '../error.ts'

const POSITION = Object.fromEntries(BUCKETS.map((bucket, position) => [bucket, position])) as Record<
  Bucket,
  number
>
export const LIQUID = POSITION.liquid

export class SupplyTotals {
  issued: bigint
  destroyed: bigint
  readonly buckets: bigint[]

  constructor(from: Supply) {
    this.issued = from.issued
    this.destroyed = from.destroyed
    this.buckets = [...from.buckets]
  }

  static zero(): SupplyTotals {
    return new SupplyTotals({ issued: 0n, destroyed: 0n, buckets: BUCKETS.map(() => 0n) })
  }

  /**
   * Throws SUPPLY_MISMATCH if the legs do not sum to zero, except that `*.issued` may credit and `*.destroyed` may debit more
   * than the other side. This is the independent check of TPR-050 (a): it looks at the event as it is published.
   */
  add({ type, debits, credits }: Pick<LedgerEvent, 'type' | 'debits' | 'credits'>): void {
    const debit = debits[0]
    const credit = credits[0]
    // A plain transfer moves nothing between buckets: most events by far.
    if (
      debits.length === 1 &&
      credits.length === 1 &&
      debit?.bucket === credit?.bucket &&
      debit?.amount === credit?.amount
    )
      return
    const { buckets } = this
    let net = 0n
    for (let i = 0; i < credits.length; i++) {
      const { bucket, amount } = credits[i] as LedgerEvent['credits'][number]
      const at = POSITION[bucket]
      buckets[at] = (buckets[at] as bigint) + amount
      net += amount
    }
    for (let i = 0; i < debits.length; i++) {
      const { bucket, amount } = debits[i] as LedgerEvent['debits'][number]
      const at = POSITION[bucket]
      buckets[at] = (buckets[at] as bigint) - amount
      net -= amount
    }
    if (net === 0n) return
    if (net > 0n && type.endsWith('.issued')) this.issued += net
    else if (net < 0n && type.endsWith('.destroyed')) this.destroyed -= net
    else
      throw new LedgerFault('SUPPLY_MISMATCH', `the legs of ${type} sum to ${net} base units instead of zero`)
  }

  /** Throws SUPPLY_MISMATCH if a bucket is overdrawn or the totals do not add up (TPR-050 c). */
  finish(): Supply {
    const overdrawn = this.buckets.findIndex((total) => total < 0n)
    if (overdrawn >= 0)
      throw new LedgerFault(
        'SUPPLY_MISMATCH',
        `the bucket ${BUCKETS[overdrawn]} is overdrawn by ${-(this.buckets[overdrawn] ?? 0n)}`,
      )
    const supply: Supply = { issued: this.issued, destroyed: this.destroyed, buckets: [...this.buckets] }
    const delta = supplyDelta(supply)
    if (delta !== 0n)
      throw new LedgerFault('SUPPLY_MISMATCH', `issued minus destroyed differs from the buckets by ${delta}`)
    return supply
  }
}
