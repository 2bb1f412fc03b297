import { ReputationError } from '../errors.ts'

/** What every metric reads: a score per row, and 1 for what is sought, 0 for what is not, −1 for what nobody knows. */
export type Labels = ArrayLike<number>

export interface LabelledScores {
  /** Rows of known label, in input order. */
  readonly scores: Float64Array
  readonly labels: Uint8Array
  readonly positives: number
  readonly negatives: number
}

/** Rows of unknown label are left out. Errors: EVALUATION_INVALID for other labels, other lengths, scores that are NaN. */
export function labelledScores(scores: ArrayLike<number>, labels: Labels): LabelledScores {
  if (scores.length !== labels.length)
    throw new ReputationError('EVALUATION_INVALID', `${scores.length} scores for ${labels.length} labels`)
  const kept = new Float64Array(scores.length)
  const known = new Uint8Array(scores.length)
  let rows = 0
  let positives = 0
  for (let row = 0; row < scores.length; row++) {
    const label = labels[row] as number
    if (label === -1) continue
    if (label !== 0 && label !== 1)
      throw new ReputationError('EVALUATION_INVALID', `label ${label} of row ${row} must be 1, 0 or −1`)
    const score = scores[row] as number
    if (Number.isNaN(score))
      throw new ReputationError(
        'EVALUATION_INVALID',
        `the score of row ${row} is missing; score it or unlabel it`,
      )
    kept[rows] = score
    known[rows++] = label
    positives += label
  }
  return {
    scores: kept.subarray(0, rows),
    labels: known.subarray(0, rows),
    positives,
    negatives: rows - positives,
  }
}

/** Rows by ascending score; equal scores in input order. */
export function ascending(scores: Float64Array): Uint32Array {
  const order = Uint32Array.from(scores, (_, row) => row)
  return order.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
}

/** 1-based ranks by ascending value; ties share the mean of their places. O(n log n). */
export function midranks(values: Float64Array): Float64Array {
  const order = ascending(values)
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    const value = values[order[from] as number]
    while (to < order.length && values[order[to] as number] === value) to++
    for (let place = from; place < to; place++) ranks[order[place] as number] = (from + to + 1) / 2
    from = to
  }
  return ranks
}
