/** All features of pairs (u, v) whose ratings are hidden: functions of the known graph and the two names, of nothing else. */
import type { FeatureMatrix } from '../../features/matrix.ts'
import type { GraphScores } from '../graph-scores.ts'
import { companyFeatures } from './company.ts'
import { featuresOf, type Pairs } from './feature-group.ts'
import { nodeScoreFeatures } from './node-scores.ts'
import { profileFeatures } from './profiles.ts'
import { recencyFeatures } from './recency.ts'
import { similarRaterFeatures } from './similar-raters.ts'
import { triadFeatures } from './triads.ts'

export interface FeatureOptions {
  /** Features of time, where the graph has times: only if every known rating is earlier than every hidden one. */
  readonly recency: boolean
}

/** Describes pairs, any number of times, from what was computed of the graph once. */
export type PairDescriber = (pairs: Pairs) => FeatureMatrix

/**
 * The scores must come from a graph that holds none of the pairs. O(nodes + edges) here, then per pair the received and given degree
 * of the target, and per source the received degrees of whom it has rated, all thinned to TRIAD_NEIGHBOURS_MAX.
 */
export function pairDescriber(scores: GraphScores, { recency }: FeatureOptions): PairDescriber {
  const times = recency ? recencyFeatures(scores.graph) : undefined
  const groups = [
    profileFeatures(scores.graph),
    nodeScoreFeatures(scores),
    triadFeatures(scores.graph),
    similarRaterFeatures(scores),
    companyFeatures(scores),
    ...(times ? [times] : []),
  ]
  return (pairs) => featuresOf(groups, pairs)
}
