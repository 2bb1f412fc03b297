/** Verdicts about every node of a graph: scores, signals, probability, flag, reputation, rank. */

import { predictMargin } from '../boosting/predict.ts'
import { shiftBaseRate } from '../calibration/base-rate.ts'
import { calibrated } from '../calibration/calibration.ts'
import { features } from '../features/features.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import type { TrustGraph } from '../graph/index.ts'
import { type Ranked, type RankOptions, rankAll } from '../rank/rank-all.ts'
import type { RawScores } from '../rank/scores.ts'
import { type Signals, signals } from '../signals/signals.ts'
import { classifierInput } from './classifier.ts'
import { defaultModel } from './default-model.ts'
import { type Model, modelHash } from './model.ts'
import { anchorWeights } from './prepared-graph.ts'

export interface ScoreOptions {
  /** Weights by node, by identifier, or one per node. */
  readonly anchors: Float64Array | ReadonlyMap<string, number> | ReadonlyMap<number, number>
  /** The model that ships with the library if absent. */
  readonly model?: Model
  /** Share of Sybils to expect in this network; that of the model's data if absent (TRU-048). */
  readonly baseRate?: number
  /** Flag iff the probability is at least this; the model's if absent. See `costThreshold`. */
  readonly threshold?: number
  readonly rank?: Omit<RankOptions, 'anchors'>
  /** Agents with anchor support in an earlier epoch; tells victims of an eclipse from suspects. */
  readonly supportedBefore?: ReadonlySet<string>
}

/** Every array has one entry per node, in the order of the graph's nodes. */
export interface NodeScores {
  readonly model: Model
  readonly modelHash: string
  readonly baseRate: number
  readonly threshold: number
  readonly ranked: Ranked
  /** The eight raw scores. */
  readonly raw: RawScores
  /** The nine signals. */
  readonly signals: Signals
  /** What the model read, normalised. */
  readonly input: FeatureMatrix
  /** Before calibration. */
  readonly margin: Float64Array
  /** Calibrated P(Sybil), 0 … 1. */
  readonly probability: Float64Array
  /** 1 if probability ≥ threshold: it starts a review and slashes nobody (TRU-049). Never to be inferred from `rmt` (TRU-086). */
  readonly flagged: Uint8Array
  /** round(1000 · (1 − probability)), before the cap of the agent's proof of personhood (TRU-086). */
  readonly rmt: Uint16Array
  /** 1 is the most trusted; equal probabilities share the better place. */
  readonly rank: Uint32Array
  /** 1 if no consented path leads to an anchor: a newcomer or an isolated group. It lowers limits and accuses nobody (TRU-019). */
  readonly unsupported: Uint8Array
}

/** O(cost of ranking + nodes · trees · depth). Errors: those of `rankAll`; LEARNING_OPTION_INVALID for a base rate outside 0 … 1. */
export function scoreGraph(graph: TrustGraph, options: ScoreOptions): NodeScores {
  const { model = defaultModel(), rank, supportedBefore } = options
  const { baseRate = model.baseRate, threshold = model.threshold } = options
  const ranked = rankAll(graph, { ...rank, anchors: anchorWeights(graph, options.anchors) })
  const derived = signals(graph, ranked, supportedBefore === undefined ? {} : { supportedBefore })
  const form = model.normalisation === 'paper' ? 'paper' : 'scaleFree'
  const input = classifierInput(model, features(graph, ranked, { form, signals: derived }))
  const margin = predictMargin(model.trees, input)
  const probability = margin.map((value) =>
    shiftBaseRate(calibrated(model.calibration, value), model.baseRate, baseRate),
  )
  return {
    model,
    modelHash: hashOf(model),
    baseRate,
    threshold,
    ranked,
    raw: ranked.scores,
    signals: derived,
    input,
    margin,
    probability,
    flagged: Uint8Array.from(probability, (p) => (p >= threshold ? 1 : 0)),
    rmt: Uint16Array.from(probability, (p) => Math.round(1000 * (1 - p))),
    rank: ranksOf(probability),
    unsupported: Uint8Array.from(ranked.spectral.unsupported),
  }
}

const hashes = new WeakMap<Model, string>()

/** Hashing 400 kB takes milliseconds: once per model, not once per graph. */
function hashOf(model: Model): string {
  const known = hashes.get(model) ?? modelHash(model)
  hashes.set(model, known)
  return known
}

function ranksOf(probability: Float64Array): Uint32Array {
  const order = Uint32Array.from(probability.keys()).sort(
    (a, b) => (probability[a] as number) - (probability[b] as number) || a - b,
  )
  const ranks = new Uint32Array(order.length)
  for (const [place, node] of order.entries()) {
    const before = order[place - 1]
    ranks[node] =
      before !== undefined && probability[before] === probability[node]
        ? (ranks[before] as number)
        : place + 1
  }
  return ranks
}
