export { type AblationOptions, type AblationRow, ablation } from './ablation.ts'
export { modelCard } from './card.ts'
export {
  type Classifier,
  type ClassifierOptions,
  classifierMargins,
  DEGREE_BUYS_NOTHING,
  type Directions,
  TRUST_LOWERS,
  trainClassifier,
} from './classifier.ts'
export { graphSplit, type HeldOut, nodeSplit, timeSplit as graphTimeSplit } from './cross-fit.ts'
export { defaultModel } from './default-model.ts'
export {
  type Change,
  type EdgeReason,
  type ExplainOptions,
  type Explanation,
  explainNode,
  type FeatureReason,
} from './explain.ts'
export { type AttackFigures, figuresOf, type JudgedRows, type ProtocolFigures } from './figures.ts'
export * from './labelled-graph.ts'
export {
  type DataDescription,
  type FeatureImportance,
  type Model,
  modelFromJson,
  modelFromObject,
  modelHash,
  modelToJson,
} from './model.ts'
export {
  type StrangerEffect,
  strangerEffect,
  type ThresholdStability,
  thresholdStability,
} from './normalisation-study.ts'
export { type Normalisation, type PreparedGraph, prepareGraph } from './prepared-graph.ts'
export { applyQuantileMap, fitQuantileMap, type QuantileMap } from './quantile-map.ts'
export { type NodeScores, type ScoreOptions, scoreGraph } from './score-graph.ts'
export {
  classifierOptions,
  DEFAULT_THRESHOLD,
  type TrainOptions,
  trainModel,
  trainPrepared,
} from './train-model.ts'
export { FEATURE_WORDS, featureWords } from './words.ts'
