/**
 * How well ratings are predicted, by seeded folds or by time, against fairness × goodness and the other published methods, all given the
 * same known ratings.
 *
 * What is known at prediction time:
 *   folds   every rating outside the fold, whenever it was given, the rating back from v to u included if it is outside; no times
 *   time    the ratings before the cut, of each pair the latest; nothing after it, not even that it exists
 * Tested are pairs, each once. By time, only first ratings count: to rate again whom one has rated is no prediction.
 */
import { ReputationError } from '../errors.ts'
import { bootstrapInterval, type Interval } from '../evaluation/index.ts'
import { SIGNED_BOOTSTRAP_RESAMPLES, SIGNED_PAIRS_MIN } from '../limits.ts'
import { seeded } from '../random.ts'
import { ACCURACY, type AccuracyName, accuracyOf } from './accuracy.ts'
import { groupedAccuracy } from './grouped-accuracy.ts'
import { type HiddenPredictions, type Method, OWN, predictFuture, predictPart } from './hidden.ts'
import { importanceOf, type Predicted } from './learner.ts'
import { foldsIn, knownShareIn, type SignedOptions, seedIn } from './options.ts'
import { PUBLISHED_REGRESSION } from './published-regression.ts'
import {
  onePerPair,
  type RatingEvents,
  type Ratings,
  ratingEvents,
  selectRows,
  withoutTimes,
} from './ratings.ts'
import { type Comparison, figureOf, type MethodReport, type SignedReport, type TestedPair } from './report.ts'
import type { SignedEdge } from './signed-edge.ts'
import { firstRatings, foldsOf, knownBefore, pairsOf, rowsWhere, timeAt } from './splits.ts'

interface Part extends HiddenPredictions {
  readonly known: Ratings
  readonly hidden: Ratings
}

const COMPARED: readonly Method[] = ['fairness × goodness', PUBLISHED_REGRESSION, 'additive']

function tooSmall(message: string): never {
  throw new ReputationError('SIGNED_TOO_SMALL', message)
}

function partsByFold(pairs: Ratings, folds: number, seed: number, onPart: SignedOptions['onPart']): Part[] {
  const total = pairs.from.length
  if (total < Math.max(folds, SIGNED_PAIRS_MIN))
    tooSmall(
      `${total} rated pairs are too few for ${folds} folds: at least ${Math.max(folds, SIGNED_PAIRS_MIN)} are needed (SIGNED_PAIRS_MIN ${SIGNED_PAIRS_MIN})`,
    )
  const fold = foldsOf(total, folds, seed)
  return Array.from({ length: folds }, (_, k) => {
    const known = withoutTimes(
      selectRows(
        pairs,
        rowsWhere(total, (row) => fold[row] !== k),
      ),
    )
    const hidden = selectRows(
      pairs,
      rowsWhere(total, (row) => fold[row] === k),
    )
    const predicted = predictPart(known, pairsOf(hidden), seed)
    onPart?.(k + 1, folds)
    return { known, hidden, ...predicted }
  })
}

function partByTime(events: RatingEvents, time: number, seed: number, onPart: SignedOptions['onPart']): Part {
  const known = knownBefore(events, time)
  const hidden = firstRatings(events, time, Infinity)
  if (known.from.length + hidden.from.length < SIGNED_PAIRS_MIN || known.from.length === 0)
    tooSmall(
      `${known.from.length} pairs were rated before the cut at ${time} and ${hidden.from.length} first rated after it: together at least ${SIGNED_PAIRS_MIN} (SIGNED_PAIRS_MIN), and some on both sides, are needed`,
    )
  if (hidden.from.length === 0) tooSmall(`no pair is first rated from ${time} on: choose a smaller share`)
  const predicted = predictFuture(events, known, time, pairsOf(hidden), seed)
  onPart?.(1, 1)
  return { known, hidden, ...predicted }
}

/**
 * Deterministic. Ten folds of 24,000 ratings take about a minute; work grows as edges · log edges, with TRIAD_NEIGHBOURS_MAX squared
 * times nodes as the bound of what triads cost, and training stops growing at SIGNED_TRAINING_ROWS_MAX rows.
 *
 * Errors, in order: SIGNED_OPTION_INVALID, SIGNED_TOO_LARGE, RATING_INVALID, TIMES_MISSING, SIGNED_TOO_SMALL.
 */
export function evaluateSigned(edges: readonly SignedEdge[], options: SignedOptions = {}): SignedReport {
  const folds = foldsIn(options.folds)
  const share = knownShareIn(options.timeSplit)
  const seed = seedIn(options.seed)
  const events = ratingEvents(edges, options.scale)
  const time = share === undefined ? undefined : timeAt(events, share)
  const pairs = onePerPair(events)
  const parts =
    time === undefined
      ? partsByFold(pairs, folds, seed, options.onPart)
      : [partByTime(events, time, seed, options.onPart)]
  return reportOf(events, pairs, parts, time, seed, options.predictions ?? false)
}

const joined = (columns: readonly Float64Array[]): Float64Array =>
  Float64Array.from(columns.flatMap((column) => [...column]))

const pooledOf = (parts: readonly Part[], method: Method): Predicted => ({
  rating: joined(parts.map(({ methods }) => methods[method].rating)),
  trust: joined(parts.map(({ methods }) => methods[method].trust)),
})

function methodReport(parts: readonly Part[], actual: Float64Array, name: Method): MethodReport {
  const perPart = parts.map(({ hidden, methods }) => accuracyOf(hidden.rating, methods[name]))
  const figures = ACCURACY.map((figure) => [figure, figureOf(perPart.map((accuracy) => accuracy[figure]))])
  return {
    name,
    ...(Object.fromEntries(figures) as Pick<MethodReport, AccuracyName>),
    pooled: accuracyOf(actual, pooledOf(parts, name)),
  }
}

function comparison(
  parts: readonly Part[],
  actual: Float64Array,
  sources: readonly number[],
  other: Method,
  seed: number,
): Comparison {
  const own = groupedAccuracy(actual, pooledOf(parts, OWN), sources)
  const theirs = groupedAccuracy(actual, pooledOf(parts, other), sources)
  const interval = (figure: AccuracyName): Interval =>
    bootstrapInterval(
      own.groups,
      (chosen) => {
        const multiplicity = new Uint32Array(own.groups)
        for (const group of chosen) multiplicity[group] = (multiplicity[group] as number) + 1
        return own.of(multiplicity)[figure] - theirs.of(multiplicity)[figure]
      },
      seeded(seed),
      { resamples: SIGNED_BOOTSTRAP_RESAMPLES },
    )
  return { with: other, rmse: interval('rmse'), pcc: interval('pcc'), auc: interval('auc') }
}

function reportOf(
  events: RatingEvents,
  pairs: Ratings,
  parts: readonly Part[],
  time: number | undefined,
  seed: number,
  predictions: boolean,
): SignedReport {
  const actual = joined(parts.map(({ hidden }) => hidden.rating))
  const sources = parts.flatMap(({ hidden }) => [...hidden.from])
  const methods = Object.keys((parts[0] as Part).methods) as Method[]
  const signs = {
    positive: pairs.rating.filter((rating) => rating > 0).length,
    negative: pairs.rating.filter((rating) => rating < 0).length,
    zero: pairs.rating.filter((rating) => rating === 0).length,
  }
  const cut =
    time === undefined
      ? undefined
      : {
          time,
          known: (parts[0] as Part).known.from.length,
          rerated:
            (events.time as Float64Array).filter((at) => at >= time).length -
            (parts[0] as Part).hidden.from.length,
        }
  const reports = methods.map((name) => methodReport(parts, actual, name))
  return {
    protocol: time === undefined ? 'folds' : 'time',
    seed,
    nodes: events.nodes,
    pairs: pairs.from.length,
    scale: events.scale,
    signs,
    selfEdges: events.selfEdges,
    repeated: events.from.length - pairs.from.length,
    tested: coldness(parts),
    ...(cut ? { cut } : {}),
    methods: reports,
    comparisons: COMPARED.map((other) => comparison(parts, actual, sources, other, seed)),
    importance: meanImportance(parts),
    ...(predictions ? { predictions: testedPairs(events, parts) } : {}),
    notes: notesOf(events, pairs, parts, reports, cut),
  }
}

function coldness(parts: readonly Part[]): SignedReport['tested'] {
  const tested = { pairs: 0, coldSource: 0, coldTarget: 0, coldBoth: 0 }
  for (const { known, hidden } of parts) {
    const gave = new Set(known.from)
    const got = new Set(known.to)
    for (let row = 0; row < hidden.from.length; row++) {
      const source = !gave.has(hidden.from[row] as number)
      const target = !got.has(hidden.to[row] as number)
      tested.pairs++
      if (source) tested.coldSource++
      if (target) tested.coldTarget++
      if (source && target) tested.coldBoth++
    }
  }
  return tested
}

function meanImportance(parts: readonly Part[]): { name: string; share: number }[] {
  const shares = new Map<string, number>()
  for (const { learned } of parts)
    for (const { name, share } of learned ? importanceOf(learned) : [])
      shares.set(name, (shares.get(name) ?? 0) + share / parts.length)
  return Array.from(shares, ([name, share]) => ({ name, share })).sort(
    (a, b) => b.share - a.share || (a.name < b.name ? -1 : 1),
  )
}

function testedPairs({ ids, scale }: RatingEvents, parts: readonly Part[]): TestedPair[] {
  return parts.flatMap(({ hidden, methods }, part) =>
    Array.from(hidden.rating, (rating, row) => ({
      from: ids[hidden.from[row] as number] as string,
      to: ids[hidden.to[row] as number] as string,
      rating: rating * scale,
      predicted: (methods[OWN].rating[row] as number) * scale,
      trust: methods[OWN].trust[row] as number,
      part,
    })),
  )
}

function notesOf(
  events: RatingEvents,
  pairs: Ratings,
  parts: readonly Part[],
  methods: readonly MethodReport[],
  cut: SignedReport['cut'],
): string[] {
  const notes: string[] = []
  const repeated = events.from.length - pairs.from.length
  if (events.selfEdges > 0) notes.push(`${events.selfEdges} edges of a node to itself were left out`)
  if (cut === undefined && repeated > 0)
    notes.push(
      `${repeated} further ratings of a pair were merged: the latest counts, without times their mean`,
    )
  if (cut !== undefined && cut.rerated > 0)
    notes.push(`${cut.rerated} ratings after the cut are of pairs rated before and were not tested`)
  const undefinedAuc = methods[0]?.auc.parts.filter((value) => Number.isNaN(value)).length ?? 0
  if (undefinedAuc === parts.length) notes.push('AUC is undefined: the tested ratings do not have both signs')
  else if (undefinedAuc > 0)
    notes.push(
      `AUC is undefined in ${undefinedAuc} of ${parts.length} folds, which lack one sign; the mean leaves them out`,
    )
  if (parts.some(({ learned }) => learned === undefined))
    notes.push('too few known ratings to learn from: the additive model answered in place of the learned one')
  return notes
}
