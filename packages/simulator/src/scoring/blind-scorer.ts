/**
 * Believes everybody. Against it an attacker has already won everything that a score can give him, so whatever ROI it shows is
 * what the policy alone holds: no scorer can do worse.
 */
import type { Scorer } from './scorer.ts'

export const blindScorer: Scorer = {
  name: 'blind',
  score: ({ nodes: { size } }) => ({
    probability: new Float64Array(size),
    flagged: new Uint8Array(size),
    rmt: new Float64Array(size).fill(1_000),
    // Four times the mean: full marks for citation quality.
    citation: new Float64Array(size).fill(4 / size),
  }),
}
