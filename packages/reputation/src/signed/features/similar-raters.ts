/**
 * Collaborative filtering: what raters who agree with u elsewhere said of v (Resnick and others, CSCW 1994). Agreement of u and
 * w is taken over the nodes that both have rated, after the additive model has taken out leniency and standing.
 */
import type { GraphScores } from '../graph-scores.ts'
import type { FeatureGroup } from './feature-group.ts'
import { stride } from './stride.ts'

const NAMES = [
  'similar raters: count',
  'similar raters: residual',
  'similar raters: weight',
  'similar raters: rating',
  'similar raters: nearest rating',
] as const

/** Common nodes that a similarity is credited with at zero. */
const SHRINKAGE = 2
/** Ratings nearer than this, of a range of 2, agree. */
const NEAR = 0.15

/** O(Σ received degrees of whom the source has rated) a source, O(received degree of target) a pair; lists thinned. */
export function similarRaterFeatures({ graph, additive }: GraphScores): FeatureGroup {
  const { nodes, given, received } = graph
  const { mean, leniency, standing } = additive
  const residual = (rater: number, rated: number, rating: number): number =>
    rating - mean - (leniency[rater] as number) - (standing[rated] as number)
  const products = new Float64Array(nodes)
  const squares = new Float64Array(nodes)
  const ownSquares = new Float64Array(nodes)
  const common = new Float64Array(nodes)
  const near = new Float64Array(nodes)
  const touched: number[] = []
  return {
    names: NAMES,
    enter: (source) => {
      const from = given.offsets[source] as number
      const to = given.offsets[source + 1] as number
      for (let k = from; k < to; k += stride(to - from)) {
        const z = given.neighbours[k] as number
        const own = given.ratings[k] as number
        const mine = residual(source, z, own)
        const start = received.offsets[z] as number
        const end = received.offsets[z + 1] as number
        for (let m = start; m < end; m += stride(end - start)) {
          const w = received.neighbours[m] as number
          if (w === source) continue
          const rating = received.ratings[m] as number
          const theirs = residual(w, z, rating)
          if (common[w] === 0) touched.push(w)
          common[w] = (common[w] as number) + 1
          products[w] = (products[w] as number) + mine * theirs
          squares[w] = (squares[w] as number) + theirs * theirs
          ownSquares[w] = (ownSquares[w] as number) + mine * mine
          if (Math.abs(own - rating) < NEAR) near[w] = (near[w] as number) + 1
        }
      }
    },
    leave: () => {
      for (const w of touched) {
        common[w] = 0
        products[w] = 0
        squares[w] = 0
        ownSquares[w] = 0
        near[w] = 0
      }
      touched.length = 0
    },
    write: (_, target, row, at) => {
      let count = 0
      let weighted = 0
      let weight = 0
      let nearRating = 0
      let nearWeight = 0
      let nearest = Number.NaN
      let nearestAgreement = 0
      const start = received.offsets[target] as number
      const end = received.offsets[target + 1] as number
      for (let k = start; k < end; k += stride(end - start)) {
        const w = received.neighbours[k] as number
        const shared = common[w] as number
        if (shared === 0) continue
        count++
        const rating = received.ratings[k] as number
        const norm = Math.sqrt((squares[w] as number) * (ownSquares[w] as number))
        const similarity = norm > 0 ? (((products[w] as number) / norm) * shared) / (shared + SHRINKAGE) : 0
        weighted += similarity * residual(w, target, rating)
        weight += Math.abs(similarity)
        const agreement = (near[w] as number) / (shared + SHRINKAGE)
        nearRating += agreement * rating
        nearWeight += agreement
        if (agreement > nearestAgreement) {
          nearestAgreement = agreement
          nearest = rating
        }
      }
      row[at] = count
      row[at + 1] = weight === 0 ? Number.NaN : weighted / (weight + 0.5)
      row[at + 2] = weight
      row[at + 3] = nearWeight === 0 ? Number.NaN : nearRating / nearWeight
      row[at + 4] = nearest
    },
  }
}
