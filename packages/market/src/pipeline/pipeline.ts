/**
 * From lookup to streaming as a table (PL-1, PL-2): every step has one guard, one timeout and one way back, so a purchase
 * that stalls is always classifiable and never leaves capital committed without authority. Pure: the caller runs the step
 * and reports; `now` is milliseconds on its clock.
 */
import type { AbortClass } from '../abort/abort.ts'
import { MarketError } from '../errors.ts'

/** In order; no step can be skipped. */
export const PIPELINE_STEPS = [
  'lookup',
  'pricing',
  'funding',
  'binding',
  'firstPayment',
  'streaming',
] as const
export type PipelineStep = (typeof PIPELINE_STEPS)[number]

/** What undoes everything that the steps so far have done. */
export type Rollback =
  | 'next-candidate'
  | 'reclaim-by-refund-state'
  | 'close-cooperatively'
  | 'close-at-last-state'

interface StepRule {
  readonly timeoutMs: number
  /** Class of the abort if the step fails or times out. */
  readonly failure: AbortClass
  readonly rollback: Rollback
}

/**
 * Guards: lookup – descriptor and beacon verified; pricing – quote and commitment verified and stored; funding – the opening
 * is in a checkpoint; binding – the credential names the funded channel and the quote; firstPayment – the minimum
 * billable units are paid and acknowledged; streaming – ends with the purchase, so its timeout is that of one silence.
 */
export const PIPELINE_RULES: Readonly<Record<PipelineStep, StepRule>> = {
  lookup: { timeoutMs: 150, failure: 'NEGOTIATION_MISMATCH', rollback: 'next-candidate' },
  pricing: { timeoutMs: 1_000, failure: 'COMMITMENT_TIMEOUT', rollback: 'next-candidate' },
  funding: {
    timeoutMs: 120_000,
    failure: 'FUNDING_COORDINATION_FAILURE',
    rollback: 'reclaim-by-refund-state',
  },
  binding: { timeoutMs: 1_000, failure: 'FUNDING_COORDINATION_FAILURE', rollback: 'close-cooperatively' },
  firstPayment: {
    timeoutMs: 1_000,
    failure: 'FUNDING_COORDINATION_FAILURE',
    rollback: 'close-cooperatively',
  },
  streaming: { timeoutMs: 10_000, failure: 'FUNDING_COORDINATION_FAILURE', rollback: 'close-at-last-state' },
}

export interface PipelineState {
  /** Under way now; the steps before it are complete. */
  readonly step: PipelineStep
  /** Milliseconds; at or after this the step has failed. */
  readonly deadline: number
}

export type PipelineTimeouts = Partial<Record<PipelineStep, number>>

function enter(step: PipelineStep, now: number, timeouts: PipelineTimeouts): PipelineState {
  return { step, deadline: now + (timeouts[step] ?? PIPELINE_RULES[step].timeoutMs) }
}

export function beginPipeline(now: number, timeouts: PipelineTimeouts = {}): PipelineState {
  return enter('lookup', now, timeouts)
}

export function isOverdue(state: PipelineState, now: number): boolean {
  return now >= state.deadline
}

/**
 * The guard of `done` holds: on to the next step. Progress while streaming renews its deadline. A step that succeeds after
 * its deadline has failed all the same, or two parties could disagree about whether it happened.
 * Errors, in order of precedence: PIPELINE_STEP_SKIPPED, PIPELINE_OVERDUE.
 */
export function completeStep(
  state: PipelineState,
  done: PipelineStep,
  now: number,
  timeouts: PipelineTimeouts = {},
): PipelineState {
  if (done !== state.step)
    throw new MarketError(
      'PIPELINE_STEP_SKIPPED',
      `${state.step} is under way, not ${done}; complete the steps in order`,
    )
  if (isOverdue(state, now))
    throw new MarketError(
      'PIPELINE_OVERDUE',
      `${done} ended ${now - state.deadline} ms after its deadline; roll back: ${PIPELINE_RULES[done].rollback}`,
    )
  return enter(PIPELINE_STEPS[PIPELINE_STEPS.indexOf(done) + 1] ?? 'streaming', now, timeouts)
}

/** What a failure or a timeout of the step under way means. A failed pricing step has locked nothing (PL-2). */
export function failureOf(state: PipelineState): StepRule {
  return PIPELINE_RULES[state.step]
}
