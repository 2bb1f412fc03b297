export { modelCard } from './card.ts'
export { type Classifier, type ClassifierOptions, classifierMargins, trainClassifier } from './classifier.ts'
export { graphSplit, type HeldOut, nodeSplit, timeSplit as graphTimeSplit } from './cross-fit.ts'
export { defaultModel } from './default-model.ts'
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
export { type Normalisation, type PreparedGraph, prepareGraph } from './prepared-graph.ts'
export { applyQuantileMap, fitQuantileMap, type QuantileMap } from './quantile-map.ts'
export { type NodeScores, type ScoreOptions, scoreGraph } from './score-graph.ts'
export { DEFAULT_THRESHOLD, type TrainOptions, trainModel, trainPrepared } from './train-model.ts'
