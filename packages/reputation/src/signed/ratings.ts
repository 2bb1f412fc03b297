/**
 * Ratings in columns: nodes numbered by ascending bytes of their identifiers, rows by ascending (from, to, time), ratings
 * divided by the largest magnitude so that every one lies in −1 … 1 (the normal form of Kumar and others).
 *
 * The scale is the only number that is read from a whole file, test rows included: it is a property of the rating form
 * and known before anybody rates. Give it in `scale` where it is known.
 */
import { ReputationError } from '../errors.ts'
import { SIGNED_EDGES_MAX } from '../limits.ts'
import { ascendingIds } from './id-order.ts'
import type { SignedEdge } from './signed-edge.ts'

export interface Ratings {
  /** Nodes that the numbering covers, whether or not these rows name them. */
  readonly nodes: number
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** −1 … 1. */
  readonly rating: Float64Array
  /** Absent unless every edge has a time. */
  readonly time?: Float64Array
}

export interface RatingEvents extends Ratings {
  /** Ascending bytes. */
  readonly ids: readonly string[]
  /** One unit of `rating`, in the unit of the source. */
  readonly scale: number
  /** Edges of a node to itself, left out. */
  readonly selfEdges: number
  /** Edges without a time. */
  readonly untimed: number
}

function scaleOf(edges: readonly SignedEdge[], given: number | undefined): number {
  let largest = 0
  for (const { from, to, rating, time } of edges) {
    if (!Number.isFinite(rating) || (time !== undefined && !Number.isFinite(time)))
      throw new ReputationError(
        'RATING_INVALID',
        `edge ${from} → ${to}: rating ${rating} and time ${time ?? 'none'} must be finite numbers`,
      )
    largest = Math.max(largest, Math.abs(rating))
  }
  if (given === undefined) {
    if (largest === 0)
      throw new ReputationError(
        'SIGNED_TOO_SMALL',
        'no edge has a rating other than zero: there is nothing to predict',
      )
    return largest
  }
  if (!(given >= largest) || !Number.isFinite(given))
    throw new ReputationError(
      'RATING_INVALID',
      `scale ${given} is smaller than the largest rating ${largest}: leave it out, or give the end of the rating form`,
    )
  return given
}

/** Errors: SIGNED_TOO_LARGE, RATING_INVALID, SIGNED_TOO_SMALL. O(n log n). */
export function ratingEvents(edges: readonly SignedEdge[], scale?: number): RatingEvents {
  if (edges.length > SIGNED_EDGES_MAX)
    throw new ReputationError(
      'SIGNED_TOO_LARGE',
      `${edges.length} edges are more than SIGNED_EDGES_MAX (${SIGNED_EDGES_MAX}): give a part of them`,
    )
  const unit = scaleOf(edges, scale)
  const kept = edges.filter(({ from, to }) => from !== to)
  const names = new Set<string>()
  for (const { from, to } of kept) names.add(from).add(to)
  const ids = ascendingIds(names)
  const places = new Map(ids.map((id, place) => [id, place]))
  const untimed = kept.filter(({ time }) => time === undefined).length
  const rows = kept
    .map(({ from, to, rating, time }) => ({
      from: places.get(from) as number,
      to: places.get(to) as number,
      rating: rating / unit,
      time: time ?? 0,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to || a.time - b.time || a.rating - b.rating)
  const timed = untimed === 0 && rows.length > 0
  return {
    ids,
    nodes: ids.length,
    scale: unit,
    selfEdges: edges.length - kept.length,
    untimed,
    from: Uint32Array.from(rows, (row) => row.from),
    to: Uint32Array.from(rows, (row) => row.to),
    rating: Float64Array.from(rows, (row) => row.rating),
    ...(timed ? { time: Float64Array.from(rows, (row) => row.time) } : {}),
  }
}

/** The given rows, in the given order. */
export function selectRows(of: Ratings, rows: ArrayLike<number>): Ratings {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row] as number)
  return {
    nodes: of.nodes,
    from: Uint32Array.from(rows, (row) => of.from[row] as number),
    to: Uint32Array.from(rows, (row) => of.to[row] as number),
    rating: pick(of.rating),
    ...(of.time ? { time: pick(of.time) } : {}),
  }
}

export const withoutTimes = ({ nodes, from, to, rating }: Ratings): Ratings => ({ nodes, from, to, rating })

/**
 * One row per ordered pair. Of several ratings of one pair the latest counts (or the earliest, if asked for); those
 * of one time, or without times, are averaged, so that the order of a file decides nothing. Rows must ascend.
 */
export function onePerPair(of: Ratings, which: 'latest' | 'earliest' = 'latest'): Ratings {
  const { from, to, rating, time } = of
  const kept: number[] = []
  const values: number[] = []
  for (let start = 0; start < from.length; ) {
    let end = start + 1
    while (end < from.length && from[end] === from[start] && to[end] === to[start]) end++
    const at = which === 'latest' ? end - 1 : start
    let sum = 0
    let count = 0
    for (let k = start; k < end; k++)
      if (time === undefined || time[k] === time[at]) {
        sum += rating[k] as number
        count++
      }
    kept.push(at)
    values.push(sum / count)
    start = end
  }
  return { ...selectRows(of, kept), rating: Float64Array.from(values) }
}
