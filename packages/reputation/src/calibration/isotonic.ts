/**
 * Isotonic calibration: the non-decreasing function of the score that is nearest to the labels in least squares (pool adjacent
 * violators; Ayer and others 1955, Zadrozny and Elkan 2002).
 */
import { ascending, labelledScores } from '../evaluation/labelled-scores.ts'

export interface IsotonicCalibration {
  readonly kind: 'isotonic'
  /** Ascending scores, and the probability at each; linear between, constant outside. */
  readonly scores: readonly number[]
  readonly probabilities: readonly number[]
}

interface Block {
  first: number
  last: number
  sum: number
  count: number
}

/** The pooled blocks, ascending, with strictly ascending means. O(n log n). */
export function poolAdjacentViolators(scores: ArrayLike<number>, labels: ArrayLike<number>): Block[] {
  const known = labelledScores(scores, labels)
  const blocks: Block[] = []
  for (const row of ascending(known.scores)) {
    const score = known.scores[row] as number
    const label = known.labels[row] as number
    const top = blocks[blocks.length - 1]
    if (top !== undefined && top.first === score && top.last === score) {
      top.sum += label
      top.count++
    } else blocks.push({ first: score, last: score, sum: label, count: 1 })
    // Equal scores come together before they are compared: only the block below the newest may violate.
    mergeBelow(blocks, 2)
  }
  mergeBelow(blocks, 1)
  return blocks
}

/** Merges the block `depth` from the top downwards while its mean is not above the mean of the one below it. */
function mergeBelow(blocks: Block[], depth: number): void {
  for (;;) {
    const place = blocks.length - depth
    const upper = blocks[place]
    const lower = blocks[place - 1]
    if (upper === undefined || lower === undefined || lower.sum * upper.count < upper.sum * lower.count)
      return
    lower.last = upper.last
    lower.sum += upper.sum
    lower.count += upper.count
    blocks.splice(place, 1)
  }
}

/**
 * Certainty is not learnable from n rows: probabilities are held between 1/(n + 2) and 1 − 1/(n + 2) of the outermost blocks
 * (Laplace). NaN-free; without rows every probability is ½. Errors: EVALUATION_INVALID.
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): IsotonicCalibration {
  const blocks = poolAdjacentViolators(scores, labels)
  const bottom = blocks[0]
  const top = blocks[blocks.length - 1]
  if (bottom === undefined || top === undefined)
    return { kind: 'isotonic', scores: [0], probabilities: [0.5] }
  const low = 1 / (bottom.count + 2)
  const high = 1 - 1 / (top.count + 2)
  const x: number[] = []
  const y: number[] = []
  for (const { first, last, sum, count } of blocks) {
    const probability = Math.max(low, Math.min(high, sum / count))
    x.push(first)
    y.push(probability)
    if (last > first) {
      x.push(last)
      y.push(probability)
    }
  }
  return { kind: 'isotonic', scores: x, probabilities: y }
}

export function isotonicProbability({ scores, probabilities }: IsotonicCalibration, score: number): number {
  let low = 0
  let high = scores.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((scores[middle] as number) <= score) low = middle + 1
    else high = middle
  }
  if (low === 0) return probabilities[0] as number
  if (low === scores.length) return probabilities[low - 1] as number
  const [x0, x1] = [scores[low - 1] as number, scores[low] as number]
  const [y0, y1] = [probabilities[low - 1] as number, probabilities[low] as number]
  return y0 + ((score - x0) / (x1 - x0)) * (y1 - y0)
}
