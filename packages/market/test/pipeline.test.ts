import { describe, expect, it } from 'vitest'
import {
  beginPipeline,
  completeStep,
  failureOf,
  isOverdue,
  PIPELINE_RULES,
  PIPELINE_STEPS,
  type PipelineState,
} from '../src/index.ts'
import { codeOf } from './fixture.ts'

/** The state in which `step` is under way, all earlier steps having taken no time. */
function at(step: (typeof PIPELINE_STEPS)[number]): PipelineState {
  let state = beginPipeline(0)
  while (state.step !== step) state = completeStep(state, state.step, 0)
  return state
}

describe('the pipeline from lookup to streaming', () => {
  it('runs through six steps in order (PL-1)', () => {
    const seen: string[] = []
    let state = beginPipeline(0)
    for (const _ of PIPELINE_STEPS) {
      seen.push(state.step)
      state = completeStep(state, state.step, 0)
    }
    expect(seen).toEqual(['lookup', 'pricing', 'funding', 'binding', 'firstPayment', 'streaming'])
  })

  it('skips nothing: no funding before pricing, no payment before the credential is bound', () => {
    for (const current of PIPELINE_STEPS)
      for (const other of PIPELINE_STEPS)
        if (other !== current)
          expect(
            codeOf(() => completeStep(at(current), other, 0)),
            `${other} during ${current}`,
          ).toBe('PIPELINE_STEP_SKIPPED')
  })

  it('has a timeout for every step, and late success is failure (PL-2)', () => {
    for (const step of PIPELINE_STEPS) {
      const state = at(step)
      const { timeoutMs } = PIPELINE_RULES[step]
      expect(state.deadline).toBe(timeoutMs)
      expect([isOverdue(state, timeoutMs - 1), isOverdue(state, timeoutMs)]).toEqual([false, true])
      expect(codeOf(() => completeStep(state, step, timeoutMs - 1))).toBeUndefined()
      expect(codeOf(() => completeStep(state, step, timeoutMs))).toBe('PIPELINE_OVERDUE')
    }
  })

  it('bounds the stall of 11 s after a discovery of 400 ms (PL-4)', () => {
    const state = completeStep(beginPipeline(0, { lookup: 500 }), 'lookup', 400)
    expect(isOverdue(state, 11_400)).toBe(true)
    expect(state.deadline).toBe(1_400)
  })

  it('goes back without a loss from every step: nothing locked before funding, a refund or a close after it', () => {
    expect(PIPELINE_STEPS.map((step) => failureOf(at(step)).rollback)).toEqual([
      'next-candidate',
      'next-candidate',
      'reclaim-by-refund-state',
      'close-cooperatively',
      'close-cooperatively',
      'close-at-last-state',
    ])
    expect(PIPELINE_STEPS.map((step) => failureOf(at(step)).failure).slice(0, 3)).toEqual([
      'NEGOTIATION_MISMATCH',
      'COMMITMENT_TIMEOUT',
      'FUNDING_COORDINATION_FAILURE',
    ])
  })

  it('renews the deadline with every sign of life while streaming', () => {
    const later = completeStep(at('streaming'), 'streaming', 9_999)
    expect(later).toEqual({ step: 'streaming', deadline: 19_999 })
  })
})
