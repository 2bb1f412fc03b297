export { LABEL_BASELINES, type LabelBaseline } from './baselines.ts'
export { drawSeeds, type SeedProtocol } from './draw-seeds.ts'
export {
  evaluateLabels,
  type LabelEvaluation,
  type LabelEvaluationOptions,
  type LabelEvaluationRow,
  type LabelEvaluationSize,
  type LabelMethod,
  type Population,
} from './evaluate-labels.ts'
export { labelEvaluationTable } from './evaluation-table.ts'
export { groupsOf, type NodeGroups } from './groups.ts'
export { type LabelAwareOptions, labelAwareScores } from './label-aware.ts'
export { labelPropagation, labelSpreading } from './label-propagation.ts'
export { neighbourhood, type Weighting } from './neighbourhood.ts'
export type { NodeLabels } from './seeds.ts'
export { type Surroundings, type SurroundingsOptions, surroundingsOf } from './surroundings.ts'
export { sybilRankFromSeeds } from './sybil-rank.ts'
