import type { Random } from '../random.ts'
import { bootstrapInterval, type Interval } from './interval.ts'
import { ascending, type Labels, labelledScores } from './labelled-scores.ts'

/**
 * AUC with a 95 % percentile interval over resampled groups (`groups[row]` counts from 0): rows of one graph stand or fall
 * together, so there are as many observations as graphs, not as rows. One sort, then O(rows) per resample.
 * Errors: EVALUATION_INVALID. Rows of unknown label are not supported here: leave them out first.
 */
export function groupedAucInterval(
  scores: ArrayLike<number>,
  labels: Labels,
  groups: ArrayLike<number>,
  random: Random,
  resamples = 1000,
): Interval {
  const known = labelledScores(scores, labels)
  const order = ascending(known.scores)
  let count = 0
  for (let row = 0; row < groups.length; row++) count = Math.max(count, (groups[row] as number) + 1)
  const drawn = new Float64Array(count)
  const area = (chosen: Uint32Array): number => {
    drawn.fill(0)
    for (const group of chosen) drawn[group] = (drawn[group] as number) + 1
    let [negatives, positives, right] = [0, 0, 0]
    for (let from = 0; from < order.length; ) {
      const score = known.scores[order[from] as number]
      let [up, down] = [0, 0]
      let to = from
      for (; to < order.length && known.scores[order[to] as number] === score; to++) {
        const row = order[to] as number
        const weight = drawn[groups[row] as number] as number
        if (known.labels[row] === 1) up += weight
        else down += weight
      }
      right += up * (negatives + down / 2)
      positives += up
      negatives += down
      from = to
    }
    return positives === 0 || negatives === 0 ? Number.NaN : right / (positives * negatives)
  }
  return bootstrapInterval(count, area, random, { resamples })
}
