import { ReputationError } from '../errors.ts'
import type { Convergence } from './scores.ts'

/** What is published must have converged (TPR-130); analysis may look at less. Errors: NOT_CONVERGED. */
export function requireConverged(what: string, { converged, steps, residual }: Convergence): void {
  if (!converged)
    throw new ReputationError(
      'NOT_CONVERGED',
      `${what} stopped after ${steps} steps at a residual of ${residual}: allow more steps or a larger tolerance`,
    )
}
