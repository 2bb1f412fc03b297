/** What an evaluation of rating prediction says. All figures are in units of the largest rating; NaN where a figure is undefined. */
import type { Interval } from '../evaluation/index.ts'
import type { Accuracy, AccuracyName } from './accuracy.ts'
import type { Method } from './hidden.ts'

export interface Figure {
  /** Over the parts where it is defined. */
  readonly mean: number
  /** Standard deviation between parts; NaN for fewer than two. */
  readonly deviation: number
  /** One per fold, or one for a split by time. */
  readonly parts: readonly number[]
}

export interface MethodReport extends Readonly<Record<AccuracyName, Figure>> {
  readonly name: Method
  /** Of all tested pairs together. */
  readonly pooled: Accuracy
}

/** Our pooled figure minus another's: negative is better for rmse, positive for pcc and auc. 95 % by bootstrap over raters. */
export interface Comparison extends Readonly<Record<AccuracyName, Interval>> {
  readonly with: Method
}

export interface TestedPair {
  readonly from: string
  readonly to: string
  readonly rating: number
  readonly predicted: number
  /** Probability that the rating is positive, or what ranks in its place. */
  readonly trust: number
  /** Fold, or 0. */
  readonly part: number
}

export interface SignedReport {
  readonly protocol: 'folds' | 'time'
  readonly seed: number
  readonly nodes: number
  /** Rated ordered pairs, after merging. */
  readonly pairs: number
  /** What one unit of rmse is in the ratings of the file. */
  readonly scale: number
  readonly signs: { readonly positive: number; readonly negative: number; readonly zero: number }
  /** Left out of the file: edges of a node to itself, and further ratings of one pair. */
  readonly selfEdges: number
  readonly repeated: number
  /** Pairs that were predicted, and how many had an end of which nothing was known. */
  readonly tested: {
    readonly pairs: number
    readonly coldSource: number
    readonly coldTarget: number
    readonly coldBoth: number
  }
  /** Only of a split by time: known are the ratings before `time`. */
  readonly cut?: {
    readonly time: number
    readonly refreshes: number
    /** Pairs rated before it. */
    readonly known: number
    /** Ratings after it of pairs that had been rated: not tested. */
    readonly rerated: number
  }
  readonly methods: readonly MethodReport[]
  readonly comparisons: readonly Comparison[]
  /** What our method asked for, as share of gain over all parts; descending. */
  readonly importance: readonly { readonly name: string; readonly share: number }[]
  /** Only if asked for; of our method, in the units of the file. */
  readonly predictions?: readonly TestedPair[]
  /** In words: what was merged or left out, and why a figure is undefined. */
  readonly notes: readonly string[]
}

export function figureOf(parts: readonly number[]): Figure {
  const defined = parts.filter((value) => !Number.isNaN(value))
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    mean,
    deviation: defined.length < 2 ? Number.NaN : Math.sqrt(squares / (defined.length - 1)),
    parts,
  }
}
