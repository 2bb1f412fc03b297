export { boostedFromJson, boostedFromObject, boostedHash, boostedToJson } from './artefact.ts'
export { type Contributions, contributions } from './contributions.ts'
export { exponential, logistic, logit } from './exponential.ts'
export { gainImportance, permutationImportance } from './importance.ts'
export {
  BOOSTING_DEFAULTS,
  type BoostingOptions,
  type BoostingParameters,
  type Objective,
} from './options.ts'
export { predict, predictMargin } from './predict.ts'
export { trainBoosted } from './train.ts'
export type { BoostedTree, BoostedTrees } from './trees.ts'
