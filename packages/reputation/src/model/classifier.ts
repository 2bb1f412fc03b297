/** The middle of the pipeline: normaliser and trees, without calibration. What cross-fitting and ablation train many times. */
import {
  BOOSTING_DEFAULTS,
  type BoostedTrees,
  type BoostingParameters,
  predictMargin,
  trainBoosted,
} from '../boosting/index.ts'
import { ReputationError } from '../errors.ts'
import type { FeatureMatrix } from '../features/matrix.ts'
import { FEATURES, MODEL_FEATURES } from '../features/names.ts'
import { seeded } from '../random.ts'
import { type Normalisation, type PreparedGraph, sampleRows, stackRows } from './prepared-graph.ts'
import { applyQuantileMap, fitQuantileMap, type QuantileMap } from './quantile-map.ts'

export type Directions = Readonly<Record<string, 1 | -1>>

export interface ClassifierOptions {
  readonly normalisation: Normalisation
  /** Columns to learn from; those of the normalisation if absent. */
  readonly features?: readonly string[]
  readonly boosting?: Partial<BoostingParameters>
  /** +1: the answer never falls as the feature grows; −1: never rises. `TRUST_LOWERS` if absent; none under `paper`. */
  readonly directions?: Directions
  /** Rows of one graph at most. */
  readonly rowsPerGraph: number
  /** Seeds the sample of rows and the trees. */
  readonly seed: number
}

export interface Classifier {
  readonly normalisation: Normalisation
  readonly features: readonly string[]
  /** Empty under `paper`, which has nothing frozen. */
  readonly quantiles: QuantileMap
  readonly trees: BoostedTrees
}

/**
 * What evidence must not do (the answer only moves one way): more trust that flows from anchors never makes an agent more
 * suspect, and more distance from them never less. Everything else an agent can arrange for himself, or have done to him.
 */
export const TRUST_LOWERS: Directions = {
  eigenTrust: -1,
  personalisedPageRank: -1,
  sybilRank: -1,
  spectral: -1,
  absorbing: -1,
  eigenTrustDivergence: 1,
  anchorDistance: 1,
  sybilRankDeficit: 1,
  absorbingDistance: 1,
}

/**
 * The same, and edges that anybody can add never buy trust: in-degree may only raise suspicion. It costs detection where honest
 * agents are told by their many partners; see `scripts/study-model.ts`.
 */
export const DEGREE_BUYS_NOTHING: Directions = { ...TRUST_LOWERS, degree: 1, inDegree: 1, outDegree: 1 }

export const defaultFeatures = (normalisation: Normalisation): readonly string[] =>
  normalisation === 'paper' ? FEATURES : MODEL_FEATURES

/** Parameters of the default model where they differ from TRU-046: a sample of rows per tree, and no leaf for a handful of rows. */
export const CLASSIFIER_BOOSTING: Partial<BoostingParameters> = { subsample: 0.7, minChildWeight: 10 }

/** Positives weigh as much as negatives unless `scalePosWeight` is given; calibration undoes it. Errors: those of `trainBoosted`. */
export function trainClassifier(pool: readonly PreparedGraph[], options: ClassifierOptions): Classifier {
  const { normalisation, seed, rowsPerGraph, features = defaultFeatures(normalisation) } = options
  const { directions = TRUST_LOWERS } = options
  const chosen = sampleRows(pool, rowsPerGraph, seeded(seed))
  const { matrix, labels } = stackRows(pool, normalisation, features, chosen)
  const quantiles = normalisation === 'paper' ? {} : fitQuantileMap(matrix)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const balance = positives > 0 ? Math.max(1, (labels.length - positives) / positives) : 1
  const trees = trainBoosted(normalise(matrix, normalisation, quantiles), labels, {
    ...BOOSTING_DEFAULTS,
    scalePosWeight: Number(balance.toPrecision(5)),
    seed,
    ...options.boosting,
    monotone: normalisation === 'paper' ? [] : features.map((name) => directions[name] ?? 0),
  })
  return { normalisation, features, quantiles, trees }
}

function normalise(
  matrix: FeatureMatrix,
  normalisation: Normalisation,
  quantiles: QuantileMap,
): FeatureMatrix {
  return normalisation === 'paper' ? matrix : applyQuantileMap(quantiles, matrix)
}

/** The columns that the trees read, in their order, normalised. Errors: FEATURES_MISMATCH. */
export function classifierInput(
  { features, normalisation, quantiles }: Classifier,
  matrix: FeatureMatrix,
): FeatureMatrix {
  const columns = features.map((name) => {
    const column = matrix.columns[matrix.names.indexOf(name)]
    if (column !== undefined) return column
    throw new ReputationError('FEATURES_MISMATCH', `the model reads ${name}, which the matrix does not have`)
  })
  return normalise({ names: features, rows: matrix.rows, columns }, normalisation, quantiles)
}

/** Margins of rows of the form that the classifier was trained on. Errors: FEATURES_MISMATCH. */
export function classifierMargins(classifier: Classifier, matrix: FeatureMatrix): Float64Array {
  return predictMargin(classifier.trees, classifierInput(classifier, matrix))
}
