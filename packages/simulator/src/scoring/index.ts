export { anchoredScorer } from './anchored-scorer.ts'
export { blindScorer } from './blind-scorer.ts'
export { classifierScorer } from './classifier-scorer.ts'
export type { Scorer, Verdicts } from './scorer.ts'
