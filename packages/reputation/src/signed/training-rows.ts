/**
 * Rows that a predictor learns from. A training row must look as a hidden pair will look later, so its features come from a graph
 * without its own rating: the known ratings are hidden once more, part by part, as the ratings to be predicted are hidden.
 *
 *   inFolds     what is missing is a random part: ten folds, each described by the other nine
 *   inWindows   what is missing is the future: windows of time, each described by all that came before it; long ones that
 *               overlap if the far future is to be predicted (`farWindows`), short ones if what comes next is (`nextWindows`)
 */
import type { FeatureMatrix } from '../features/matrix.ts'
import { SIGNED_TRAINING_ROWS_MAX, SIGNED_WINDOWS_MAX } from '../limits.ts'
import { seeded } from '../random.ts'
import { pairDescriber } from './features/index.ts'
import { type GraphScores, graphScores } from './graph-scores.ts'
import { ratingGraph } from './rating-graph.ts'
import { type Ratings, selectRows } from './ratings.ts'
import { firstRatings, foldsOf, knownBefore, pairsOf, rowsWhere, timeAt } from './splits.ts'

export interface TrainingRows {
  readonly matrix: FeatureMatrix
  /** −1 … 1. */
  readonly ratings: Float64Array
  /** Rows of the same source in the same part: a burst of ratings by one rater is nearly one observation. */
  readonly burst: Float64Array
}

/** As many as outer folds by default: nine tenths describe a tenth here as there. */
const INNER_FOLDS = 10
/** Shares of the known ratings. */
export interface Windows {
  readonly starts: readonly number[]
  readonly length: number
}

/** A quarter of what is known, as a test set of a fifth of all is; a start every sixteenth, from when a quarter was known. */
export const farWindows: Windows = {
  starts: Array.from({ length: 11 }, (_, k) => 0.25 + k / 16),
  length: 0.25,
}

/** Windows of `length`, but at most SIGNED_WINDOWS_MAX, one after another from when a tenth was known. */
export function nextWindows(length: number): Windows {
  const count = Math.min(SIGNED_WINDOWS_MAX, Math.max(1, Math.round(0.9 / length)))
  return { starts: Array.from({ length: count }, (_, k) => 0.1 + (0.9 * k) / count), length: 0.9 / count }
}

interface Part {
  readonly known: Ratings
  readonly hidden: Ratings
}

function burstsOf(from: Uint32Array): Float64Array {
  const counts = new Map<number, number>()
  for (const source of from) counts.set(source, (counts.get(source) ?? 0) + 1)
  return Float64Array.from(from, (source) => counts.get(source) as number)
}

/** At most SIGNED_TRAINING_ROWS_MAX of `total` rows, by a seeded draw. */
function thinned(total: number, seed: number): (row: number) => boolean {
  if (total <= SIGNED_TRAINING_ROWS_MAX) return () => true
  const share = SIGNED_TRAINING_ROWS_MAX / total
  const random = seeded(seed)
  const kept = Uint8Array.from({ length: total }, () => (random.next() < share ? 1 : 0))
  return (row) => kept[row] === 1
}

function rowsOf(parts: readonly Part[], recency: boolean): TrainingRows | undefined {
  const used = parts.filter(({ known, hidden }) => known.from.length > 0 && hidden.from.length > 0)
  if (used.length === 0) return undefined
  const described = used.map(({ known, hidden }) =>
    pairDescriber(scoresOf(known), { recency })(pairsOf(hidden)),
  )
  const join = (columns: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0))
    let at = 0
    for (const column of columns) {
      all.set(column, at)
      at += column.length
    }
    return all
  }
  const names = (described[0] as FeatureMatrix).names
  return {
    matrix: {
      names,
      rows: described.reduce((sum, { rows }) => sum + rows, 0),
      columns: names.map((_, c) => join(described.map(({ columns }) => columns[c] as Float64Array))),
    },
    ratings: join(used.map(({ hidden }) => hidden.rating)),
    burst: join(used.map(({ hidden }) => burstsOf(hidden.from))),
  }
}

export const scoresOf = (known: Ratings): GraphScores => graphScores(ratingGraph(known))

/** `known` has one row per pair. Undefined if there are fewer than two. */
export function inFolds(known: Ratings, seed: number): TrainingRows | undefined {
  const total = known.from.length
  const fold = foldsOf(total, INNER_FOLDS, seed)
  const drawn = thinned(total, seed)
  const parts: Part[] = []
  for (let k = 0; k < INNER_FOLDS; k++)
    parts.push({
      known: selectRows(
        known,
        rowsWhere(total, (row) => fold[row] !== k),
      ),
      hidden: selectRows(
        known,
        rowsWhere(total, (row) => fold[row] === k && drawn(row)),
      ),
    })
  return rowsOf(parts, false)
}

/** Only ratings before `end` are read. Undefined if no window has both a past and first ratings. */
export function inWindows(
  events: Ratings,
  end: number,
  { starts, length }: Windows,
  seed: number,
): TrainingRows | undefined {
  const times = events.time as Float64Array
  const past = selectRows(
    events,
    rowsWhere(times.length, (row) => (times[row] as number) < end),
  )
  if (past.from.length === 0) return undefined
  const parts = starts.map((share): Part => {
    const start = timeAt(past, share)
    const stop = Math.min(end, timeAt(past, share + length))
    return { known: knownBefore(past, start), hidden: firstRatings(past, start, stop) }
  })
  const drawn = thinned(
    parts.reduce((sum, { hidden }) => sum + hidden.from.length, 0),
    seed,
  )
  let at = 0
  return rowsOf(
    parts.map(({ known, hidden }) => {
      const first = at
      at += hidden.from.length
      return {
        known,
        hidden: selectRows(
          hidden,
          rowsWhere(hidden.from.length, (row) => drawn(first + row)),
        ),
      }
    }),
    true,
  )
}
