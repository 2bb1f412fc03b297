/** Gates that no simulation can decide, and what would decide them. */
import type { GateName } from './gate.ts'

export const PENDING: Partial<Record<GateName, { readonly threshold: string; readonly reason: string }>> = {
  S1: {
    threshold: '≥ 95 % detected at ≤ 1 % false positives',
    reason: 'needs a labelled real network: evaluate the scorer on one and pass the figures in',
  },
  E2: {
    threshold: 'revenue ≥ cost at 1,000 users',
    // TRU-147: 0.95 a month and user against 380.34 fixed + 0.0797 a user: 950.00 against 460.00.
    reason:
      'needs the operating cost and the settled volume of a frame in use; the figures at hand are assumptions (950 against 460 a month)',
  },
  G1: {
    threshold: 'every flag, slash and denial can be appealed within 14 days',
    reason: 'explanations exist; a panel that decides without the original anchor does not',
  },
  G2: {
    threshold: 'parameters change by vote with a timelock',
    reason: 'parameters are set by the genesis of a frame; there is no vote on them',
  },
  G3: {
    threshold: 'no single key can change scores, drain stake or skip a timelock',
    reason: 'needs an enumeration of every privileged call of a frame with several validators',
  },
  G4: {
    threshold: 'inputs, code and outputs of every epoch published and recomputable',
    reason: 'decided by recomputing the epochs of a running frame, not by simulation',
  },
  D1: {
    threshold: 'a paid call in ≤ 10 lines',
    reason: 'counted in the examples of the SDK, not by simulation',
  },
  D3: {
    threshold: 'share of users on a discounted tier',
    reason: 'needs users who choose',
  },
}
