/**
 * First and second derivatives of the loss as whole multiples of a power of two. Sums of whole numbers below 2⁵³ do not
 * depend on their order, so a permuted input grows the same trees bit for bit and a sibling's histogram is parent minus
 * child without error. The step is below 2⁻⁵² · rows · (largest derivative): 10⁻¹⁰ of it for 100,000 rows.
 */
import { logistic } from './exponential.ts'
import type { Objective } from './options.ts'

/** XGBoost's floor under p(1 − p): a row that is certain must not divide by nothing. */
const CURVATURE_MIN = 1e-16

const EXACT_SUM_MAX = 2 ** 52

export interface Gradients {
  /** g and h of a row side by side, whole numbers. */
  readonly pairs: Float64Array
  /** Multiply a sum of g by this. A power of two. */
  readonly gradientStep: number
  /** Multiply a sum of h by this. A power of two. */
  readonly curvatureStep: number
}

/** The largest power of two s with rows · largest · s ≤ 2⁵². */
function scaleFor(largest: number, rows: number): number {
  if (!(largest > 0)) return 1
  let scale = 1
  while (largest * rows * scale > EXACT_SUM_MAX) scale /= 2
  while (largest * rows * scale * 2 <= EXACT_SUM_MAX) scale *= 2
  return scale
}

/** TRU-046: g = w(p − y), h = w·p(1 − p); for squared loss g = w(f − y), h = w. `pairs` is overwritten. */
export function gradientsOf(
  objective: Objective,
  margins: Float64Array,
  labels: Float64Array,
  weights: Float64Array,
  pairs: Float64Array,
): Gradients {
  let gradientMax = 0
  let curvatureMax = 0
  for (let row = 0; row < margins.length; row++) {
    const weight = weights[row] as number
    let g: number
    let h: number
    if (objective === 'logistic') {
      const p = logistic(margins[row] as number)
      const curvature = p * (1 - p)
      g = weight * (p - (labels[row] as number))
      h = weight * (curvature > CURVATURE_MIN ? curvature : CURVATURE_MIN)
    } else {
      g = weight * ((margins[row] as number) - (labels[row] as number))
      h = weight
    }
    pairs[2 * row] = g
    pairs[2 * row + 1] = h
    const size = Math.abs(g)
    if (size > gradientMax) gradientMax = size
    if (h > curvatureMax) curvatureMax = h
  }
  const gradientScale = scaleFor(gradientMax, margins.length)
  const curvatureScale = scaleFor(curvatureMax, margins.length)
  for (let k = 0; k < pairs.length; k += 2) {
    pairs[k] = Math.round((pairs[k] as number) * gradientScale)
    pairs[k + 1] = Math.round((pairs[k + 1] as number) * curvatureScale)
  }
  return { pairs, gradientStep: 1 / gradientScale, curvatureStep: 1 / curvatureScale }
}

/** Ascending, then summed: one order, whatever the order of the rows. `values` is sorted in place. */
export function sortedSum(values: Float64Array): number {
  values.sort()
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** Weighted mean loss, rounded to 10⁻⁹ so that the last bit of a logarithm decides nothing. */
export function meanLoss(
  objective: Objective,
  margins: Float64Array,
  labels: Float64Array,
  weights: Float64Array,
): number {
  const losses = margins.map((margin, row) => {
    const label = labels[row] as number
    const weight = weights[row] as number
    if (objective === 'squared') return weight * (margin - label) ** 2
    // −y·log p − (1 − y)·log(1 − p) = log(1 + e^margin) − y·margin, arranged so that nothing overflows.
    return weight * (Math.max(margin, 0) - label * margin + Math.log1p(Math.exp(-Math.abs(margin))))
  })
  return Math.round((sortedSum(losses) / sortedSum(weights.slice())) * 1e9) / 1e9
}
