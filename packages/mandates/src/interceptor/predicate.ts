/**
 * Further predicates: the seam for a policy language. Each sees one intent and says allow, deny or defer; all must allow
 * (CV-7: conjunction only). They run after the scope of the mandate and before its counters, cheapest first (PI-5).
 */
import type { Amount } from '@symbolon/primitives'
import type { Demand, Mandate, Moment } from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import { EVALUATION_MICROSECONDS_MAX, PREDICATES_MAX } from '../limits.ts'
import type { Intent } from './intent.ts'

export type Opinion =
  | { verdict: 'allow' }
  | { verdict: 'deny'; reason: string }
  | { verdict: 'defer'; reason: string; retryAfterSeconds: number }

/** PI-2: the intent, the local state, the ambient context. */
export interface PredicateInput {
  intent: Intent
  demand: Demand
  /** Payments and fee, base units. */
  flow: Amount
  mandate: Mandate
  /** Of the paying mandate, before this intent. */
  balance: { available: Amount; committed: Amount; spent: Amount }
  now: Moment
}

export interface Predicate {
  readonly name: string
  /** Estimated worst case, for order and admission (PL-11). */
  readonly costMicroseconds: number
  /** Synchronous and without effects. Throwing means "cannot be evaluated": the failure mode decides (PI-7). */
  evaluate(input: PredicateInput): Opinion
}

/** Cheapest first. Errors: BUDGET_BOUND (PREDICATES_MAX, EVALUATION_MICROSECONDS_MAX). */
export function orderPredicates(predicates: readonly Predicate[]): readonly Predicate[] {
  const cost = predicates.reduce((sum, one) => sum + one.costMicroseconds, 0)
  if (predicates.length > PREDICATES_MAX || !(cost <= EVALUATION_MICROSECONDS_MAX))
    throw new MandatesError(
      'BUDGET_BOUND',
      `${predicates.length} predicates of together ${cost} µs: at most PREDICATES_MAX (${PREDICATES_MAX}) and EVALUATION_MICROSECONDS_MAX (${EVALUATION_MICROSECONDS_MAX})`,
    )
  return predicates.toSorted((a, b) => a.costMicroseconds - b.costMicroseconds)
}

/**
 * Runs the pipeline. Returns the names of predicates that could not be evaluated; throws PREDICATE_DENIED for a denial, and
 * for a deferral with `details.retryAfterSeconds`.
 */
export function evaluateAll(ordered: readonly Predicate[], input: PredicateInput): string[] {
  const failed: string[] = []
  for (const predicate of ordered) {
    let opinion: Opinion
    try {
      opinion = predicate.evaluate(input)
    } catch {
      failed.push(predicate.name)
      continue
    }
    if (opinion.verdict === 'allow') continue
    const { verdict, reason } = opinion
    if (verdict !== 'deny' && verdict !== 'defer') {
      // An asynchronous or malformed answer is no answer.
      failed.push(predicate.name)
      continue
    }
    throw new MandatesError('PREDICATE_DENIED', `${predicate.name}: ${reason}`, {
      details: {
        predicate: predicate.name,
        ...(verdict === 'defer' ? { retryAfterSeconds: opinion.retryAfterSeconds } : {}),
      },
    })
  }
  return failed
}
