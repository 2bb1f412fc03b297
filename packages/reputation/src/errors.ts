import { SymbolonError } from '@symbolon/primitives'

/** In order of precedence. */
export type GraphErrorCode =
  /** More nodes than NODES_MAX or more edges than EDGES_MAX. */
  | 'GRAPH_TOO_LARGE'
  /** A weight, value or time that is not a finite number, or a negative weight. */
  | 'EDGE_INVALID'

/** Boosting, calibration, evaluation and the model. In order of precedence. */
export type LearningErrorCode =
  /** An option outside its range; the message names option and range. */
  | 'LEARNING_OPTION_INVALID'
  /** No rows, lengths that differ, labels or weights out of range, an infinite feature, more rows or features than the bound. */
  | 'TRAINING_DATA_INVALID'
  /** The matrix does not have the features that the model was trained on, in that order. */
  | 'FEATURES_MISMATCH'
  /** A stored model that is not what its format says, or whose hash does not match. */
  | 'MODEL_INVALID'
  /** Labels and scores of different length, or a label that the metric cannot read. */
  | 'EVALUATION_INVALID'
  /** A split that would leave a part empty: fewer groups than folds, or no time that separates. */
  | 'SPLIT_IMPOSSIBLE'

export type ReputationErrorCode = GraphErrorCode | LearningErrorCode

export class ReputationError extends SymbolonError {
  declare readonly code: ReputationErrorCode

  constructor(code: ReputationErrorCode, message: string) {
    super(code, message)
  }
}
