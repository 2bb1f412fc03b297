import type { CatalogueEntry } from './catalogue.ts'

/** The value of a clause, in the one reading that its canonical text has. */
export type ClauseValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'integer'; readonly integer: bigint }
  | WindowValue

/** `amount/windowSeconds@from`: at most `amount` in each window of that length, the first starting at `from`. */
export interface WindowValue {
  readonly kind: 'window'
  readonly amount: bigint
  readonly windowSeconds: bigint
  /** Unix time in seconds at which window 0 starts. */
  readonly from: bigint
}

/** One predicate. A caveat is one clause, or several joined by ` AND `. */
export interface Clause {
  readonly entry: CatalogueEntry
  readonly value: ClauseValue
}
