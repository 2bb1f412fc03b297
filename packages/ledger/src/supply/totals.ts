/** The supply totals of the header, moved on by the legs of events. */
import { BUCKETS, type Bucket, type LedgerEvent, type Supply, supplyDelta } from '@symbolon/protocol'
import { LedgerFault } from '../error.ts'

const POSITION = new Map<Bucket, number>(BUCKETS.map((bucket, position) => [bucket, position]))
export const LIQUID = POSITION.get('liquid') as number

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
    let net = 0n
    for (let i = 0; i < credits.length; i++)
      net += this.#move(credits[i] as LedgerEvent['credits'][number], 1n)
    for (let i = 0; i < debits.length; i++) net += this.#move(debits[i] as LedgerEvent['debits'][number], -1n)
    if (net === 0n) return
    if (net > 0n && type.endsWith('.issued')) this.issued += net
    else if (net < 0n && type.endsWith('.destroyed')) this.destroyed -= net
    else
      throw new LedgerFault('SUPPLY_MISMATCH', `the legs of ${type} sum to ${net} base units instead of zero`)
  }

  #move({ bucket, amount }: LedgerEvent['debits'][number], sign: bigint): bigint {
    const at = POSITION.get(bucket) as number
    const moved = sign * amount
    this.buckets[at] = (this.buckets[at] as bigint) + moved
    return moved
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
