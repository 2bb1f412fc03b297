/**
 * What third nodes w say of a pair (u, v): the four kinds of triad of balance and status theory (Leskovec, Huttenlocher and
 * Kleinberg, WWW 2010), with magnitudes, and the rating back from v to u.
 */
import type { RatingGraph } from '../rating-graph.ts'
import type { FeatureGroup } from './feature-group.ts'
import { marks } from './marks.ts'
import { stride } from './stride.ts'

/** Credited to every mean, so that one triad weighs less than ten. */
const SHRINKAGE = 1

const NAMES = [
  'reciprocal',
  'u→w→v: count',
  'u→w→v: balance',
  'u→w→v: trusted opinion',
  'u→w→v: distrusted opinion',
  'w→u, w→v: count',
  'w→u, w→v: rating of v',
  'w→u, w→v: difference',
  'u→w, v→w: count',
  'u→w, v→w: product',
  'u→w, v→w: distance',
  'v→w→u: count',
  'v→w→u: balance',
] as const

/** O(degree of target) a pair, O(degree of source) a source. */
export function triadFeatures({ nodes, given, received }: RatingGraph): FeatureGroup {
  const sourceGave = marks(nodes, given)
  const sourceGot = marks(nodes, received)
  const mean = (sum: number, count: number): number => (count === 0 ? Number.NaN : sum / (count + SHRINKAGE))
  return {
    names: NAMES,
    enter: (source) => {
      sourceGave.set(source)
      sourceGot.set(source)
    },
    leave: (source) => {
      sourceGave.clear(source)
      sourceGot.clear(source)
    },
    write: (_, target, row, at) => {
      let chains = 0
      let chainBalance = 0
      let trusted = 0
      let trust = 0
      let distrusted = 0
      let distrust = 0
      let shared = 0
      let sharedOpinion = 0
      let sharedDifference = 0
      let end = received.offsets[target + 1] as number
      let start = received.offsets[target] as number
      let step = stride(end - start)
      for (let k = start; k < end; k += step) {
        const w = received.neighbours[k] as number
        const opinion = received.ratings[k] as number
        const toW = sourceGave.rating[w] as number
        if (!Number.isNaN(toW)) {
          chains++
          chainBalance += toW * opinion
          if (toW > 0) {
            trusted += toW * opinion
            trust += toW
          } else {
            distrusted -= toW * opinion
            distrust -= toW
          }
        }
        const fromW = sourceGot.rating[w] as number
        if (!Number.isNaN(fromW)) {
          shared++
          sharedOpinion += opinion
          sharedDifference += opinion - fromW
        }
      }
      let common = 0
      let commonProduct = 0
      let commonDistance = 0
      let loops = 0
      let loopBalance = 0
      start = given.offsets[target] as number
      end = given.offsets[target + 1] as number
      step = stride(end - start)
      for (let k = start; k < end; k += step) {
        const w = given.neighbours[k] as number
        const opinion = given.ratings[k] as number
        const toW = sourceGave.rating[w] as number
        if (!Number.isNaN(toW)) {
          common++
          commonProduct += toW * opinion
          commonDistance += Math.abs(toW - opinion)
        }
        const fromW = sourceGot.rating[w] as number
        if (!Number.isNaN(fromW)) {
          loops++
          loopBalance += fromW * opinion
        }
      }
      row[at] = sourceGot.rating[target] as number
      row[at + 1] = chains
      row[at + 2] = mean(chainBalance, chains)
      row[at + 3] = trust === 0 ? Number.NaN : trusted / trust
      row[at + 4] = distrust === 0 ? Number.NaN : distrusted / distrust
      row[at + 5] = shared
      row[at + 6] = mean(sharedOpinion, shared)
      row[at + 7] = mean(sharedDifference, shared)
      row[at + 8] = common
      row[at + 9] = mean(commonProduct, common)
      row[at + 10] = common === 0 ? Number.NaN : commonDistance / common
      row[at + 11] = loops
      row[at + 12] = mean(loopBalance, loops)
    },
  }
}
