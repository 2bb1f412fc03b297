export { type Accuracy, accuracyOf } from './accuracy.ts'
export { BASELINES, type Baseline } from './baselines.ts'
export { evaluateSigned } from './evaluate.ts'
export { type Method, OWN } from './hidden.ts'
export type { SignedOptions } from './options.ts'
export {
  type SignedPrediction,
  type SignedPredictor,
  type TrainSignedOptions,
  trainSigned,
} from './predictor.ts'
export { readSigned } from './read.ts'
export type { Comparison, Figure, MethodReport, SignedReport, TestedPair } from './report.ts'
export { type SignedEdge, signedEdges } from './signed-edge.ts'
