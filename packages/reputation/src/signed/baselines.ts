/**
 * What others predict for hidden pairs, by the formulas of Kumar and others (ICDM 2016, section V) and of the papers named in
 * each file. Every method is given the same known ratings as ours. Where a method is silent (nothing received, nothing
 * returned) it says the mean of the known ratings, which does it no harm; fairness × goodness is left as published.
 */
import type { Pairs } from './features/index.ts'
import type { GraphScores } from './graph-scores.ts'
import { degree, ratingBetween } from './rating-graph.ts'

export const BASELINES = [
  'mean rating',
  'mean of target',
  'reciprocal',
  'signed HITS',
  'bias and deserve',
  'additive',
  'fairness × goodness',
] as const
export type Baseline = (typeof BASELINES)[number]

type Formula = (source: number, target: number) => number

function formulas({
  graph,
  fairnessGoodness,
  biasDeserve,
  hits,
  additive,
}: GraphScores): Record<Baseline, Formula> {
  const { received, mean } = graph
  const { fairness, goodness } = fairnessGoodness
  const largest = hits.authority.reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1
  const rated = (target: number): boolean => degree(received, target) > 0
  return {
    'mean rating': () => mean,
    'mean of target': (_, target) => {
      if (!rated(target)) return mean
      let sum = 0
      const end = received.offsets[target + 1] as number
      for (let k = received.offsets[target] as number; k < end; k++) sum += received.ratings[k] as number
      return sum / degree(received, target)
    },
    reciprocal: (source, target) => {
      const back = ratingBetween(received, source, target)
      return Number.isNaN(back) ? mean : back
    },
    'signed HITS': (_, target) => (hits.authority[target] as number) / largest,
    'bias and deserve': (_, target) => (rated(target) ? (biasDeserve.deserve[target] as number) : mean),
    additive: (source, target) =>
      additive.mean + (additive.leniency[source] as number) + (additive.standing[target] as number),
    'fairness × goodness': (source, target) => (fairness[source] as number) * (goodness[target] as number),
  }
}

/** One prediction per pair and method. */
export function baselinePredictions(
  scores: GraphScores,
  { from, to }: Pairs,
): Record<Baseline, Float64Array> {
  const all = formulas(scores)
  const column = (name: Baseline): Float64Array =>
    Float64Array.from(from, (source, row) => all[name](source, to[row] as number))
  return Object.fromEntries(BASELINES.map((name) => [name, column(name)])) as Record<Baseline, Float64Array>
}
