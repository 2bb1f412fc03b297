/** Ratings as two adjacency lists: whom a node rates, and by whom it is rated. Neighbours ascend. */
import type { Ratings } from './ratings.ts'

export interface Adjacency {
  /** Node i has the entries `offsets[i]` … `offsets[i + 1] − 1`. */
  readonly offsets: Uint32Array
  readonly neighbours: Uint32Array
  readonly ratings: Float64Array
  readonly times?: Float64Array
}

export interface RatingGraph {
  readonly nodes: number
  readonly edges: number
  /** Ratings that a node gave. */
  readonly given: Adjacency
  /** Ratings that a node received. */
  readonly received: Adjacency
  /** Mean of all ratings; 0 if there is none. */
  readonly mean: number
}

function adjacency(nodes: number, keys: Uint32Array, others: Uint32Array, of: Ratings): Adjacency {
  const offsets = new Uint32Array(nodes + 1)
  for (const key of keys) offsets[key + 1] = (offsets[key + 1] as number) + 1
  for (let i = 0; i < nodes; i++) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number)
  const next = offsets.slice(0, nodes)
  const neighbours = new Uint32Array(keys.length)
  const ratings = new Float64Array(keys.length)
  const times = of.time ? new Float64Array(keys.length) : undefined
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row] as number
    const place = next[key] as number
    next[key] = place + 1
    neighbours[place] = others[row] as number
    ratings[place] = of.rating[row] as number
    if (times) times[place] = (of.time as Float64Array)[row] as number
  }
  return { offsets, neighbours, ratings, ...(times ? { times } : {}) }
}

/** Rows must ascend by (from, to), each pair once. O(nodes + edges). */
export function ratingGraph(of: Ratings): RatingGraph {
  let sum = 0
  for (const rating of of.rating) sum += rating
  const edges = of.from.length
  return {
    nodes: of.nodes,
    edges,
    given: adjacency(of.nodes, of.from, of.to, of),
    received: adjacency(of.nodes, of.to, of.from, of),
    mean: edges === 0 ? 0 : sum / edges,
  }
}

/** Entries of one node. */
export const degree = (of: Adjacency, node: number): number =>
  (of.offsets[node + 1] as number) - (of.offsets[node] as number)

/** The rating of `neighbour` in the list of `node`, or NaN; O(log degree). */
export function ratingBetween(of: Adjacency, node: number, neighbour: number): number {
  let low = of.offsets[node] as number
  let high = of.offsets[node + 1] as number
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((of.neighbours[middle] as number) < neighbour) low = middle + 1
    else high = middle
  }
  return low < (of.offsets[node + 1] as number) && of.neighbours[low] === neighbour
    ? (of.ratings[low] as number)
    : Number.NaN
}
