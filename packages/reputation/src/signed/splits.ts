/** What is hidden and what is known: by seeded folds, or by time. */
import { ReputationError } from '../errors.ts'
import { seeded } from '../random.ts'
import type { Pairs } from './features/index.ts'
import { onePerPair, type RatingEvents, type Ratings, selectRows } from './ratings.ts'

/** The pairs without their ratings: what a predictor is given, so that no path leads from an answer to a prediction. */
export const pairsOf = ({ from, to }: Pairs): Pairs => ({ from, to })

/** Fold of each row, 0 … folds − 1, sizes equal within one. */
export function foldsOf(rows: number, folds: number, seed: number): Uint8Array {
  const order = seeded(seed).shuffle(Array.from({ length: rows }, (_, row) => row))
  const fold = new Uint8Array(rows)
  for (const [place, row] of order.entries()) fold[row] = place % folds
  return fold
}

export function rowsWhere(rows: number, holds: (row: number) => boolean): Uint32Array {
  const kept: number[] = []
  for (let row = 0; row < rows; row++) if (holds(row)) kept.push(row)
  return Uint32Array.from(kept)
}

/** The time before which about `share` of the ratings were given; +∞ for share 1. Errors: TIMES_MISSING. */
export function timeAt(events: RatingEvents | Ratings, share: number): number {
  const { time } = events
  if (time === undefined)
    throw new ReputationError(
      'TIMES_MISSING',
      `${'untimed' in events ? events.untimed : 'some'} ratings have no time: a split by time needs one on every rating; use folds`,
    )
  return share >= 1 ? Infinity : (Float64Array.from(time).sort()[Math.floor(share * time.length)] as number)
}

/** What was known before `time`: of each pair the latest rating. */
export function knownBefore(events: Ratings, time: number): Ratings {
  const times = events.time as Float64Array
  return onePerPair(
    selectRows(
      events,
      rowsWhere(times.length, (row) => (times[row] as number) < time),
    ),
  )
}

/** The first ratings, in start ≤ time < end, of pairs that had none before `start`. */
export function firstRatings(events: Ratings, start: number, end: number): Ratings {
  const { from, to } = events
  const times = events.time as Float64Array
  const kept: number[] = []
  // Rows ascend by (from, to, time): the first row of a pair is its earliest rating.
  let earliest = Number.NaN
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as number
    if (row === 0 || from[row] !== from[row - 1] || to[row] !== to[row - 1]) earliest = time
    if (time === earliest && time >= start && time < end) kept.push(row)
  }
  return onePerPair(selectRows(events, kept))
}
