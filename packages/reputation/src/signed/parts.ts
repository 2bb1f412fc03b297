/** The parts of an evaluation: what was hidden of each, and what every method said of it. */
import { ReputationError } from '../errors.ts'
import { SIGNED_PAIRS_MIN } from '../limits.ts'
import { type Method, type Models, modelsOf, predictHidden } from './hidden.ts'
import type { Predicted } from './learner.ts'
import type { SignedOptions } from './options.ts'
import { type RatingEvents, type Ratings, selectRows, withoutTimes } from './ratings.ts'
import { firstRatings, foldsOf, knownBefore, pairsOf, rowsWhere, timeAt } from './splits.ts'
import { farWindows, inFolds, inWindows, nextWindows } from './training-rows.ts'

export interface Part {
  /** Rows of the part's figures, in the order of the predictions. */
  readonly hidden: Ratings
  readonly methods: Record<Method, Predicted>
  readonly models: Models | undefined
  /** Hidden pairs of which nothing was known of the source, of the target, of either. */
  readonly cold: { readonly source: number; readonly target: number; readonly both: number }
  /** Rated pairs that the first prediction knew. */
  readonly known: number
}

type OnPart = SignedOptions['onPart']

function tooSmall(message: string): never {
  throw new ReputationError('SIGNED_TOO_SMALL', message)
}

function coldIn(known: Ratings, hidden: Ratings): Part['cold'] {
  const gave = new Set(known.from)
  const got = new Set(known.to)
  const cold = { source: 0, target: 0, both: 0 }
  for (let row = 0; row < hidden.from.length; row++) {
    const source = !gave.has(hidden.from[row] as number)
    const target = !got.has(hidden.to[row] as number)
    if (source) cold.source++
    if (target) cold.target++
    if (source && target) cold.both++
  }
  return cold
}

/** Errors: SIGNED_TOO_SMALL. */
export function partsByFold(pairs: Ratings, folds: number, seed: number, onPart: OnPart): Part[] {
  const total = pairs.from.length
  const least = Math.max(folds, SIGNED_PAIRS_MIN)
  if (total < least)
    tooSmall(
      `${total} rated pairs are too few for ${folds} folds: at least ${least} are needed (SIGNED_PAIRS_MIN ${SIGNED_PAIRS_MIN})`,
    )
  const fold = foldsOf(total, folds, seed)
  const where = (holds: (row: number) => boolean): Ratings => selectRows(pairs, rowsWhere(total, holds))
  return Array.from({ length: folds }, (_, k) => {
    const known = withoutTimes(where((row) => fold[row] !== k))
    const hidden = where((row) => fold[row] === k)
    const models = modelsOf(inFolds(known, seed), 'part', seed)
    const methods = predictHidden(known, pairsOf(hidden), models)
    onPart?.(k + 1, folds)
    return { hidden, methods, models, cold: coldIn(known, hidden), known: known.from.length }
  })
}

/**
 * One part. With refreshes it is predicted block by block, each from all that came before the block, by models learned before the
 * first. Errors: TIMES_MISSING, SIGNED_TOO_SMALL.
 */
export function partByTime(
  events: RatingEvents,
  share: number,
  refreshes: number,
  seed: number,
  onPart: OnPart,
): Part & { readonly time: number } {
  const step = (1 - share) / refreshes
  const time = timeAt(events, share)
  const first = knownBefore(events, time)
  if (first.from.length < SIGNED_PAIRS_MIN)
    tooSmall(
      `${first.from.length} pairs were rated before the cut at ${time}: SIGNED_PAIRS_MIN (${SIGNED_PAIRS_MIN}) are needed; choose a larger share, or folds`,
    )
  const models =
    refreshes === 1
      ? modelsOf(inWindows(events, time, farWindows, seed), 'future', seed)
      : modelsOf(inWindows(events, time, nextWindows(step / share), seed), 'next', seed)
  const blocks: Part[] = []
  for (let k = 0; k < refreshes; k++) {
    const start = timeAt(events, share + k * step)
    const end = k + 1 === refreshes ? Infinity : timeAt(events, share + (k + 1) * step)
    const hidden = firstRatings(events, start, end)
    if (hidden.from.length > 0) {
      const known = k === 0 ? first : knownBefore(events, start)
      const methods = predictHidden(known, pairsOf(hidden), models)
      blocks.push({ hidden, methods, models, cold: coldIn(known, hidden), known: first.from.length })
    }
    onPart?.(k + 1, refreshes)
  }
  if (blocks.length === 0)
    tooSmall(`no pair is first rated from ${time} on: choose a smaller share, or folds`)
  return { ...together(blocks), time }
}

const joined = (columns: readonly Float64Array[]): Float64Array =>
  Float64Array.from(columns.flatMap((column) => [...column]))

/** What all methods said of all parts. */
export function together(parts: readonly Part[]): Part {
  const [first] = parts as readonly [Part, ...Part[]]
  const ends = (side: 'from' | 'to'): Uint32Array =>
    Uint32Array.from(parts.flatMap(({ hidden }) => [...hidden[side]]))
  const methods = Object.keys(first.methods).map((name) => {
    const of = (what: keyof Predicted): Float64Array =>
      joined(parts.map((part) => part.methods[name as Method][what]))
    return [name, { rating: of('rating'), trust: of('trust') }]
  })
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0)
  return {
    hidden: {
      nodes: first.hidden.nodes,
      from: ends('from'),
      to: ends('to'),
      rating: joined(parts.map(({ hidden }) => hidden.rating)),
    },
    methods: Object.fromEntries(methods),
    models: first.models,
    cold: {
      source: sum(({ cold }) => cold.source),
      target: sum(({ cold }) => cold.target),
      both: sum(({ cold }) => cold.both),
    },
    known: first.known,
  }
}
