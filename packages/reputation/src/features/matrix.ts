/** Features by column: what the classifier, the report and the explanations read. Missing values are NaN. */
export interface FeatureMatrix {
  readonly names: readonly string[]
  /** Nodes (or edges) described: the length of every column. */
  readonly rows: number
  readonly columns: readonly Float64Array[]
}
