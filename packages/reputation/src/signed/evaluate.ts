/**
 * How well ratings are predicted, by seeded folds or by time, against fairness × goodness and the other published methods, all given the
 * same known ratings.
 *
 * What is known at prediction time:
 *   folds      every rating outside the fold, whenever it was given, the rating back from v to u included if it is outside; no times
 *   time       the ratings before the cut, of each pair the latest; nothing after it, not even that it exists
 *   refreshed  the ratings before the block that is being predicted; models as learned at the first cut
 * Tested are pairs, each once. By time, only first ratings count: to rate again whom one has rated is no prediction.
 */
import { bootstrapInterval, type Interval } from '../evaluation/index.ts'
import { SIGNED_BOOTSTRAP_RESAMPLES } from '../limits.ts'
import { seeded } from '../random.ts'
import { ACCURACY, type AccuracyName, accuracyOf } from './accuracy.ts'
import { groupedAccuracy } from './grouped-accuracy.ts'
import { type Method, OWN } from './hidden.ts'
import { importanceOf } from './learner.ts'
import { foldsIn, knownShareIn, refreshesIn, type SignedOptions, seedIn } from './options.ts'
import { type Part, partByTime, partsByFold, together } from './parts.ts'
import { PUBLISHED_REGRESSION } from './published-regression.ts'
import { onePerPair, type RatingEvents, type Ratings, ratingEvents } from './ratings.ts'
import { type Comparison, figureOf, type MethodReport, type SignedReport, type TestedPair } from './report.ts'
import type { SignedEdge } from './signed-edge.ts'

const COMPARED: readonly Method[] = ['fairness × goodness', PUBLISHED_REGRESSION, 'additive']

/**
 * Deterministic. Ten folds of 24,000 ratings take about a minute; work grows as edges · log edges, TRIAD_NEIGHBOURS_MAX² times
 * nodes bounds what triads cost, and training stops growing at SIGNED_TRAINING_ROWS_MAX rows.
 *
 * Errors, in order: SIGNED_OPTION_INVALID, SIGNED_TOO_LARGE, RATING_INVALID, TIMES_MISSING, SIGNED_TOO_SMALL (which also stands for
 * ratings that are all zero, before TIMES_MISSING).
 */
export function evaluateSigned(edges: readonly SignedEdge[], options: SignedOptions = {}): SignedReport {
  const folds = foldsIn(options.folds)
  const share = knownShareIn(options.timeSplit)
  const refreshes = refreshesIn(options.refreshes)
  const seed = seedIn(options.seed)
  const events = ratingEvents(edges, options.scale)
  const pairs = onePerPair(events)
  const byTime = share === undefined ? undefined : partByTime(events, share, refreshes, seed, options.onPart)
  const parts = byTime ? [byTime] : partsByFold(pairs, folds, seed, options.onPart)
  const all = together(parts)
  const methods = (Object.keys(all.methods) as Method[]).map((name) => methodReport(parts, all, name))
  const cut = byTime && {
    time: byTime.time,
    refreshes,
    known: byTime.known,
    rerated: (events.time ?? []).filter((at) => at >= byTime.time).length - all.hidden.from.length,
  }
  return {
    protocol: byTime ? 'time' : 'folds',
    seed,
    nodes: events.nodes,
    pairs: pairs.from.length,
    scale: events.scale,
    signs: signsOf(pairs),
    selfEdges: events.selfEdges,
    repeated: events.from.length - pairs.from.length,
    tested: {
      pairs: all.hidden.from.length,
      coldSource: all.cold.source,
      coldTarget: all.cold.target,
      coldBoth: all.cold.both,
    },
    ...(cut ? { cut } : {}),
    methods,
    comparisons: COMPARED.map((other) => comparison(all, other, seed)),
    importance: meanImportance(parts),
    ...(options.predictions ? { predictions: testedPairs(events, parts) } : {}),
    notes: notesOf(events, pairs, parts, methods, cut),
  }
}

const signsOf = ({ rating }: Ratings): SignedReport['signs'] => ({
  positive: rating.filter((value) => value > 0).length,
  negative: rating.filter((value) => value < 0).length,
  zero: rating.filter((value) => value === 0).length,
})

function methodReport(parts: readonly Part[], all: Part, name: Method): MethodReport {
  const perPart = parts.map(({ hidden, methods }) => accuracyOf(hidden.rating, methods[name]))
  const figures = ACCURACY.map((figure) => [figure, figureOf(perPart.map((accuracy) => accuracy[figure]))])
  return {
    name,
    ...(Object.fromEntries(figures) as Pick<MethodReport, AccuracyName>),
    pooled: accuracyOf(all.hidden.rating, all.methods[name]),
  }
}

function comparison({ hidden, methods }: Part, other: Method, seed: number): Comparison {
  const own = groupedAccuracy(hidden.rating, methods[OWN], hidden.from)
  const theirs = groupedAccuracy(hidden.rating, methods[other], hidden.from)
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

function meanImportance(parts: readonly Part[]): { name: string; share: number }[] {
  const shares = new Map<string, number>()
  for (const { models } of parts)
    for (const { name, share } of models ? importanceOf(models.own) : [])
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
  if (parts.some(({ models }) => models === undefined))
    notes.push(
      'too few known ratings to learn from: the additive model answered in place of the learned ones',
    )
  return notes
}
