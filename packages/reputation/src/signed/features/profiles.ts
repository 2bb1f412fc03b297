/** How a node rates and how it is rated: size, level, spread, extremes. */
import { type Adjacency, degree, type RatingGraph } from '../rating-graph.ts'
import type { FeatureGroup } from './feature-group.ts'

/** Ratings at the mean of all that every node is credited with. */
const SHRINKAGE = 2
const FIELDS = ['count', 'mean', 'deviation', 'negative share', 'extreme share', 'lowest', 'highest'] as const

/** One row of FIELDS per node. */
function profiles(nodes: number, over: Adjacency, mean: number, negatives: number): Float64Array {
  const table = new Float64Array(nodes * FIELDS.length)
  for (let i = 0; i < nodes; i++) {
    const start = over.offsets[i] as number
    const count = degree(over, i)
    let sum = 0
    let squares = 0
    let negative = 0
    let extreme = 0
    let lowest = Number.POSITIVE_INFINITY
    let highest = Number.NEGATIVE_INFINITY
    for (let k = start; k < start + count; k++) {
      const rating = over.ratings[k] as number
      sum += rating
      squares += rating * rating
      if (rating < 0) negative++
      if (Math.abs(rating) === 1) extreme++
      lowest = Math.min(lowest, rating)
      highest = Math.max(highest, rating)
    }
    const own = count === 0 ? 0 : sum / count
    table.set(
      [
        Math.log1p(count),
        (sum + SHRINKAGE * mean) / (count + SHRINKAGE),
        count < 2 ? Number.NaN : Math.sqrt(Math.max(0, squares / count - own * own)),
        (negative + SHRINKAGE * negatives) / (count + SHRINKAGE),
        count === 0 ? Number.NaN : extreme / count,
        count === 0 ? Number.NaN : lowest,
        count === 0 ? Number.NaN : highest,
      ],
      i * FIELDS.length,
    )
  }
  return table
}

export function profileFeatures({ nodes, edges, mean, given, received }: RatingGraph): FeatureGroup {
  const negatives = given.ratings.reduce((count, rating) => (rating < 0 ? count + 1 : count), 0)
  const share = edges === 0 ? 0 : negatives / edges
  const gave = profiles(nodes, given, mean, share)
  const got = profiles(nodes, received, mean, share)
  const blocks = [
    { name: 'source gave', table: gave, of: 'source' },
    { name: 'source got', table: got, of: 'source' },
    { name: 'target gave', table: gave, of: 'target' },
    { name: 'target got', table: got, of: 'target' },
  ] as const
  return {
    names: blocks.flatMap(({ name }) => FIELDS.map((field) => `${name}: ${field}`)),
    write: (source, target, row, at) => {
      let place = at
      for (const { table, of } of blocks) {
        const start = (of === 'source' ? source : target) * FIELDS.length
        for (let f = 0; f < FIELDS.length; f++) row[place++] = table[start + f] as number
      }
    },
  }
}
