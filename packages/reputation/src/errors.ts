import { SymbolonError } from '@symbolon/primitives'

/** In order of precedence. */
export type GraphErrorCode =
  /** A line longer than LINE_BYTES_MAX. */
  | 'LINE_TOO_LONG'
  /** A line of a file of edges, anchors or labels that is none; the message names line and what was expected. */
  | 'LINE_INVALID'
  /** An identifier longer than ID_BYTES_MAX. */
  | 'ID_TOO_LONG'
  /** More nodes than NODES_MAX, more bytes of identifiers than ID_BYTES_TOTAL_MAX or more edges than EDGES_MAX. */
  | 'GRAPH_TOO_LARGE'
  /** A weight above WEIGHT_MAX, or so small that one over it is not finite, a weight, value or time that is not a finite number, or a negative weight. */
  | 'EDGE_INVALID'
  /** A parameter of an edge rule outside its range, or something that a rule needs to know and was not told. */
  | 'RULE_INVALID'

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

/** Signed networks. In order of precedence. */
export type SignedErrorCode =
  /** An option of a rating prediction outside its range. */
  | 'SIGNED_OPTION_INVALID'
  /** More edges than SIGNED_EDGES_MAX. */
  | 'SIGNED_TOO_LARGE'
  /** A rating or a time that is not a finite number, or a scale below the largest rating. */
  | 'RATING_INVALID'
  /** A split by time of edges that have none. */
  | 'TIMES_MISSING'
  /** Too few rated pairs for the folds or the split asked for. */
  | 'SIGNED_TOO_SMALL'

/** The report. */
export type ReportErrorCode =
  /** A column that does not fit the nodes, or a figure outside its range; the message names section and row. */
  'REPORT_INVALID'

/** Ranking. In order of precedence. */
export type RankErrorCode =
  /** A graph without nodes. */
  | 'GRAPH_EMPTY'
  /** An anchor's weight that is negative or not finite, or weights that are not one per node. */
  | 'ANCHORS_INVALID'
  /** An anchor that the graph does not hold. */
  | 'ANCHOR_UNKNOWN'
  /** No anchor with a positive weight, where trust must start somewhere. */
  | 'ANCHORS_MISSING'
  /** A damping, teleport, survival or similarity outside its range. */
  | 'PARAMETER_INVALID'
  /** Not within tolerance after the allowed steps, where the result is to be published. */
  | 'NOT_CONVERGED'

/** In order of precedence. */
export type EpochErrorCode =
  /** A weight that fixed point cannot take: not a whole number from 1 to 2^53 − 1. */
  | 'FIXED_WEIGHT_INVALID'
  /** Pages of an epoch's input that are not canonical, not in order, or over a bound. */
  | 'EPOCH_INPUT_INVALID'
  /** A proof of a score, or of its absence, that does not hold. */
  | 'SCORE_PROOF_INVALID'

export type ReputationErrorCode =
  | ReportErrorCode
  | SignedErrorCode
  | GraphErrorCode
  | RankErrorCode
  | LearningErrorCode
  | EpochErrorCode

export class ReputationError extends SymbolonError {
  declare readonly code: ReputationErrorCode

  constructor(code: ReputationErrorCode, message: string) {
    super(code, message)
  }
}
