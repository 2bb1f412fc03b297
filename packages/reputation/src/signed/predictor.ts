/** A predictor of ratings between any two names, learned from all ratings that are given. */
import { ReputationError } from '../errors.ts'
import { SIGNED_PAIRS_MIN, SIGNED_WINDOWS_MAX } from '../limits.ts'
import { baselinePredictions } from './baselines.ts'
import { type PairDescriber, type Pairs, pairDescriber } from './features/index.ts'
import type { GraphScores } from './graph-scores.ts'
import { answer, importanceOf, type Learned, learn, type Predicted } from './learner.ts'
import { seedIn } from './options.ts'
import { ratingBetween } from './rating-graph.ts'
import { onePerPair, type Ratings, ratingEvents } from './ratings.ts'
import type { SignedEdge } from './signed-edge.ts'
import { inFolds, inWindows, nextWindows, scoresOf } from './training-rows.ts'

export interface TrainSignedOptions {
  /** `part`: ratings that exist but are not seen. `future`: those that come next; needs times. Default: part. */
  readonly missing?: 'part' | 'future'
  readonly seed?: number
  /** Largest rating that the form allows; default: the largest magnitude given. */
  readonly scale?: number
}

export interface SignedPrediction {
  readonly from: string
  readonly to: string
  /** In the units of the ratings given. */
  readonly rating: number
  /** Probability that it is positive; the rating itself if training saw one sign only. */
  readonly trust: number
  /** The pair's rating, where training held it. The features hold it too: not a pair to judge the predictor by. */
  readonly known?: number
}

export interface SignedPredictor {
  readonly scale: number
  /** Names without any rating are answered from what is known of the other. Errors: SIGNED_OPTION_INVALID for from = to. */
  predict(from: string, to: string): SignedPrediction
  /** The same for many; pairs of one source share work. */
  predictAll(pairs: readonly (readonly [from: string, to: string])[]): SignedPrediction[]
  /** Share of gain per feature, descending. */
  readonly importance: readonly { readonly name: string; readonly share: number }[]
}

/** A predictor of the future is asked soon after it has learned: it learns what comes next. */
function trained(
  events: Ratings,
  known: Ratings,
  missing: 'part' | 'future',
  seed: number,
): Learned | undefined {
  const rows =
    missing === 'part'
      ? inFolds(known, seed)
      : inWindows(events, Infinity, nextWindows(1 / SIGNED_WINDOWS_MAX), seed)
  return rows === undefined ? undefined : learn(rows, missing === 'part' ? 'part' : 'next', seed)
}

/** Errors, in order: SIGNED_OPTION_INVALID, SIGNED_TOO_LARGE, RATING_INVALID, TIMES_MISSING, SIGNED_TOO_SMALL. */
export function trainSigned(edges: readonly SignedEdge[], options: TrainSignedOptions = {}): SignedPredictor {
  const seed = seedIn(options.seed)
  const missing = options.missing ?? 'part'
  const numbered = ratingEvents(edges, options.scale)
  if (missing === 'future' && numbered.time === undefined)
    throw new ReputationError(
      'TIMES_MISSING',
      `${numbered.untimed} ratings have no time: the future is learned from what came later; use missing: 'part'`,
    )
  // Two blank nodes stand for a source and a target that nothing is known of.
  const events = { ...numbered, nodes: numbered.nodes + 2 }
  const { time, ...merged } = onePerPair(events)
  const known: Ratings = missing === 'future' && time ? { ...merged, time } : merged
  if (known.from.length < SIGNED_PAIRS_MIN)
    throw new ReputationError(
      'SIGNED_TOO_SMALL',
      `${known.from.length} rated pairs are fewer than SIGNED_PAIRS_MIN (${SIGNED_PAIRS_MIN})`,
    )
  const learned = trained(events, known, missing, seed)
  const scores = scoresOf(known)
  const describe = pairDescriber(scores, { recency: missing === 'future' })
  const places = new Map(numbered.ids.map((id, place) => [id, place]))
  const predictAll: SignedPredictor['predictAll'] = (pairs) => {
    for (const [from, to] of pairs)
      if (from === to)
        throw new ReputationError(
          'SIGNED_OPTION_INVALID',
          `${from} → ${to}: nobody rates itself; give two names`,
        )
    const from = Uint32Array.from(pairs, ([id]) => places.get(id) ?? numbered.nodes)
    const to = Uint32Array.from(pairs, ([, id]) => places.get(id) ?? numbered.nodes + 1)
    const predicted = answerPairs(scores, learned, { from, to }, describe)
    return pairs.map(([source, target], row) => {
      const rated = ratingBetween(scores.graph.given, from[row] as number, to[row] as number)
      return {
        from: source,
        to: target,
        rating: (predicted.rating[row] as number) * numbered.scale,
        trust: predicted.trust[row] as number,
        ...(Number.isNaN(rated) ? {} : { known: rated * numbered.scale }),
      }
    })
  }
  return {
    scale: numbered.scale,
    predict: (from, to) => predictAll([[from, to]])[0] as SignedPrediction,
    predictAll,
    importance: learned === undefined ? [] : importanceOf(learned),
  }
}

function answerPairs(
  scores: GraphScores,
  learned: Learned | undefined,
  pairs: Pairs,
  describe: PairDescriber,
): Predicted {
  if (learned !== undefined) return answer(learned, describe(pairs))
  const { additive: rating } = baselinePredictions(scores, pairs)
  return { rating, trust: rating }
}
