import { SymbolonError } from '@symbolon/primitives'

/** In order of precedence. */
export type GraphErrorCode =
  /** More nodes than NODES_MAX or more edges than EDGES_MAX. */
  | 'GRAPH_TOO_LARGE'
  /** A weight, value or time that is not a finite number, or a negative weight. */
  | 'EDGE_INVALID'

export type ReputationErrorCode = GraphErrorCode

export class ReputationError extends SymbolonError {
  declare readonly code: ReputationErrorCode

  constructor(code: ReputationErrorCode, message: string) {
    super(code, message)
  }
}
