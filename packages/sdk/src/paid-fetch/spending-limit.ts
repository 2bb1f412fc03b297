/** What one paidFetch may spend in its life. Taken before a payment leaves, given back only if it certainly moved nothing. */
import { type Amount, formatAmount } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'

export class SpendingLimit {
  readonly max: Amount | undefined
  #spent = 0n

  /** @param max base units; undefined: only the mandate bounds it */
  constructor(max: Amount | undefined) {
    this.max = max
  }

  /** Paid, or on its way. */
  get spent(): Amount {
    return this.#spent
  }

  get left(): Amount | undefined {
    return this.max === undefined ? undefined : this.max - this.#spent
  }

  /** Errors: TOTAL_EXCEEDED. */
  take(amount: Amount): void {
    const { max } = this
    if (max !== undefined && this.#spent + amount > max)
      throw new SdkError(
        'TOTAL_EXCEEDED',
        `${formatAmount(amount)} more would exceed maxTotal = ${formatAmount(max)}; nothing was paid`,
      )
    this.#spent += amount
  }

  giveBack(amount: Amount): void {
    this.#spent -= amount
  }
}
