/** From an order to probabilities, by the seeds: held-out scores of those with edges, plain counts of those without. */
import { calibrated, fitLogistic } from '../calibration/index.ts'
import { SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import { countSeeds, type NodeLabels, rateOf } from './seeds.ts'

/** Imagined isolated seeds at the rate of all seeds: a few real ones should not decide alone. */
const PRIOR_ISOLATED = 2
/** Held-out scores that say nothing, or the opposite, must not turn the order around: almost flat instead. */
const SLOPE_MIN = 1e-3

/** `all`: score of every node; `held`: of every seed as if it were none. Strictly increasing in `all` among connected nodes. */
export function probabilitiesOf(
  { all, held }: { readonly all: Float64Array; readonly held: Float64Array },
  seeds: NodeLabels,
  connected: Uint8Array,
): Float64Array {
  const totals = countSeeds(seeds)
  const oneKind = totals.honest === 0 || totals.sybil === 0
  const rate = rateOf(totals)
  let isolated = 0
  let sybils = 0
  const known = new Int8Array(seeds.length).fill(UNLABELLED)
  for (let node = 0; node < seeds.length; node++) {
    if (seeds[node] === UNLABELLED) continue
    if (connected[node] === 1) known[node] = seeds[node]!
    else {
      isolated++
      if (seeds[node] === SYBIL) sybils++
    }
  }
  const apart = oneKind ? 0.5 : (sybils + PRIOR_ISOLATED * rate) / (isolated + PRIOR_ISOLATED)
  const fitted = fitLogistic(held, known)
  const calibration =
    fitted.slope >= SLOPE_MIN
      ? fitted
      : {
          kind: 'logistic' as const,
          slope: SLOPE_MIN,
          intercept: Math.log(rate / (1 - rate)) - SLOPE_MIN / 2,
        }
  return all.map((score, node) => {
    if (connected[node] === 0) return apart
    return oneKind ? score : calibrated(calibration, score)
  })
}
