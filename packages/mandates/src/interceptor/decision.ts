/** One decision as the audit log holds it (PI-8): both failure modes, and every verdict, write here. */
import { amount, encode, enumeration, hash, type Infer, optional, record, text } from '@symbolon/primitives'
import { REGIMES } from './regime.ts'

export const VERDICTS = ['allow', 'deny', 'defer'] as const

export const decision = record('decision', {
  verdict: [1, enumeration(VERDICTS, 'verdict')],
  intent: [2, text(64, { name: 'intent kind' })],
  /** What was, or would have been, signed; absent if the intent was malformed. */
  digest: [3, optional(hash)],
  mandate: [4, optional(hash)],
  /** Payments and fee, base units. */
  flow: [5, optional(amount)],
  /** The error code of a denial or deferral. */
  code: [6, optional(text(64, { name: 'code' }))],
  regime: [7, optional(enumeration(REGIMES, 'regime'))],
  /** Predicates that could not be evaluated and were passed over, fail-open. */
  unchecked: [8, optional(text(1_024, { name: 'predicate names' }))],
})
export type Decision = Infer<typeof decision>

export function encodeDecision(of: Decision): Uint8Array {
  return encode(decision, of)
}

/** An escalation (SR-3). */
export const escalation = record('escalation', {
  mandate: [1, hash],
  from: [2, enumeration(REGIMES, 'regime')],
  to: [3, enumeration(REGIMES, 'regime')],
  /** The spend that caused it. */
  digest: [4, hash],
})
export type Escalation = Infer<typeof escalation>
