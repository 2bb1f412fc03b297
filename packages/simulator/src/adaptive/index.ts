export {
  type AdaptiveOptions,
  type AdaptiveResult,
  adaptiveAttack,
  type TrajectoryPoint,
} from './adaptive-attacker.ts'
export type { Move, Plan } from './plan.ts'
export { type SlanderOptions, type SlanderResult, slanderWays } from './slanderer.ts'
