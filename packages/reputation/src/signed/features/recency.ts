/**
 * What happened lately, as of the latest rating that is known. Only for prediction of the future: between random folds the
 * time of a hidden rating's neighbours would tell of the rating itself.
 */
import type { Adjacency, RatingGraph } from '../rating-graph.ts'
import type { FeatureGroup } from './feature-group.ts'

const FIELDS = ['last rating', 'last five', 'recent share negative', 'since last', 'since first'] as const
const LAST = 5

function table(nodes: number, over: Adjacency, times: Float64Array, now: number): Float64Array {
  const rows = new Float64Array(nodes * FIELDS.length).fill(Number.NaN)
  for (let i = 0; i < nodes; i++) {
    const start = over.offsets[i] as number
    const end = over.offsets[i + 1] as number
    if (start === end) continue
    const order = Array.from({ length: end - start }, (_, k) => start + k).sort(
      (a, b) => (times[b] as number) - (times[a] as number) || a - b,
    )
    const recent = order.slice(0, LAST).map((k) => over.ratings[k] as number)
    rows.set(
      [
        recent[0] as number,
        recent.reduce((sum, rating) => sum + rating, 0) / recent.length,
        recent.filter((rating) => rating < 0).length / recent.length,
        now - (times[order[0] as number] as number),
        now - (times[order[order.length - 1] as number] as number),
      ],
      i * FIELDS.length,
    )
  }
  return rows
}

/** O(edges · log degree). Undefined for ratings without times. */
export function recencyFeatures({ nodes, given, received }: RatingGraph): FeatureGroup | undefined {
  if (given.times === undefined || received.times === undefined) return undefined
  let now = Number.NEGATIVE_INFINITY
  for (const time of given.times) now = Math.max(now, time)
  const gave = table(nodes, given, given.times, now)
  const got = table(nodes, received, received.times, now)
  const blocks = [
    { name: 'source gave', rows: gave, source: true },
    { name: 'source got', rows: got, source: true },
    { name: 'target gave', rows: gave, source: false },
    { name: 'target got', rows: got, source: false },
  ]
  return {
    names: blocks.flatMap(({ name }) => FIELDS.map((field) => `${name}: ${field}`)),
    write: (source, target, row, at) => {
      let place = at
      for (const { rows, source: first } of blocks) {
        const start = (first ? source : target) * FIELDS.length
        for (let f = 0; f < FIELDS.length; f++) row[place++] = rows[start + f] as number
      }
    },
  }
}
