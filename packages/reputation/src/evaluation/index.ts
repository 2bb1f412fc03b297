export { auc, aucInterval } from './auc.ts'
export { groupedAucInterval } from './grouped-auc.ts'
export { bootstrapInterval, type Interval, proportionInterval, rateBoundWithoutEvent } from './interval.ts'
export { type Labels, midranks } from './labelled-scores.ts'
export {
  atFalsePositiveRate,
  averagePrecision,
  bestF1,
  confusionAt,
  type OperatingPoint,
  precisionAtPrevalence,
} from './operating-point.ts'
export {
  brierScore,
  expectedCalibrationError,
  logLoss,
  type ReliabilityRow,
  reliability,
} from './probability-quality.ts'
export { meanAbsoluteError, pearson, rootMeanSquareError, spearman } from './regression.ts'
export { groupKFold, leaveOneGroupOut, nodeSplits, type Split, splitTime, timeSplit } from './splits.ts'
