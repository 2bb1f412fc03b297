/** Whether probabilities mean what they say. */
import { ReputationError } from '../errors.ts'
import { type Interval, proportionInterval } from './interval.ts'
import { ascending, type LabelledScores, type Labels, labelledScores } from './labelled-scores.ts'

function probabilities(scores: ArrayLike<number>, labels: Labels): LabelledScores {
  const known = labelledScores(scores, labels)
  if (known.scores.some((p) => p < 0 || p > 1))
    throw new ReputationError(
      'EVALUATION_INVALID',
      'a score outside 0 … 1 is no probability; calibrate first',
    )
  return known
}

/** Mean squared difference to the label; 0 is best, 0.25 is what ½ for everybody gets. Errors: EVALUATION_INVALID. */
export function brierScore(scores: ArrayLike<number>, labels: Labels): number {
  const { scores: p, labels: y } = probabilities(scores, labels)
  return p.reduce((sum, q, row) => sum + (q - (y[row] as number)) ** 2, 0) / p.length
}

/** Mean −ln of the probability given to what happened, natural units; certainties are held at 10⁻¹⁵. Errors: EVALUATION_INVALID. */
export function logLoss(scores: ArrayLike<number>, labels: Labels): number {
  const { scores: p, labels: y } = probabilities(scores, labels)
  return (
    p.reduce((sum, q, row) => {
      const held = Math.min(1 - 1e-15, Math.max(1e-15, q))
      return sum - Math.log(y[row] === 1 ? held : 1 - held)
    }, 0) / p.length
  )
}

export interface ReliabilityRow {
  readonly low: number
  readonly high: number
  readonly count: number
  readonly meanPredicted: number
  /** Share of positives, with Wilson's interval. */
  readonly observed: Interval
}

/**
 * Rows of predicted against observed. `width`: bins of equal width, empty ones left out; `count`: bins of as nearly equal
 * counts as ties allow. Errors: EVALUATION_INVALID.
 */
export function reliability(
  scores: ArrayLike<number>,
  labels: Labels,
  { bins = 10, by = 'width' }: { bins?: number; by?: 'width' | 'count' } = {},
): ReliabilityRow[] {
  const { scores: p, labels: y } = probabilities(scores, labels)
  const order = ascending(p)
  const binOf = new Int32Array(p.length)
  for (let place = 0; place < order.length; place++) {
    const row = order[place] as number
    const before = order[place - 1]
    if (by === 'width') binOf[row] = Math.min(bins - 1, Math.floor((p[row] as number) * bins))
    else if (before !== undefined && p[before] === p[row]) binOf[row] = binOf[before] as number
    else binOf[row] = Math.floor((place * bins) / order.length)
  }
  const table: ReliabilityRow[] = []
  for (let from = 0; from < order.length; ) {
    const bin = binOf[order[from] as number] as number
    let to = from
    let sum = 0
    let positives = 0
    for (; to < order.length && binOf[order[to] as number] === bin; to++) {
      sum += p[order[to] as number] as number
      positives += y[order[to] as number] as number
    }
    table.push({
      low: by === 'width' ? bin / bins : (p[order[from] as number] as number),
      high: by === 'width' ? (bin + 1) / bins : (p[order[to - 1] as number] as number),
      count: to - from,
      meanPredicted: sum / (to - from),
      observed: proportionInterval(positives, to - from),
    })
    from = to
  }
  return table
}

/** Mean distance between predicted and observed over the rows of the reliability table, weighted by their counts. */
export function expectedCalibrationError(scores: ArrayLike<number>, labels: Labels, bins = 10): number {
  const table = reliability(scores, labels, { bins })
  const rows = table.reduce((sum, { count }) => sum + count, 0)
  return table.reduce(
    (sum, { count, meanPredicted, observed }) =>
      sum + (count / rows) * Math.abs(meanPredicted - observed.value),
    0,
  )
}
