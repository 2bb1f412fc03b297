export type { Pairs } from './feature-group.ts'
export { type FeatureOptions, type PairDescriber, pairDescriber } from './pair-features.ts'
