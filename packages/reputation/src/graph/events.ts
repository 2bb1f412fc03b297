/**
 * Evidence from what was settled. A ledger maps its records to these facts; here they become edges. Nothing in them is a claim:
 * each is something that two parties signed, or that a rule decided.
 *
 *   fact          edges                                                    accepted
 *   settlement    payer → payee, settlement                                by the payee's signature under the final state
 *   dispute       winner → loser, dispute, distrust; loser → winner,       no
 *                 dispute, support (TPR-127)
 *   proof         verifier → prover, proof                                 yes: the prover submitted it
 *   attestation   issuer → subject, attestation; nothing once revoked      by dual consent (TRU-082)
 *   rating        rater → rated, rating, distrust if below zero            no
 */
import { ReputationError } from '../errors.ts'
import type { Edge } from './trust-graph.ts'

interface Fact {
  /** In the unit of the graph's times. */
  readonly at: number
}

export interface SettlementFact extends Fact {
  readonly fact: 'settlement'
  readonly payer: string
  readonly payee: string
  /** Base units that went to the payee in the end. Nothing paid, nothing said. */
  readonly amount: bigint
  /** True for a cooperative close, or any other state that the payee has signed as well. */
  readonly cosigned: boolean
}

export interface DisputeFact extends Fact {
  readonly fact: 'dispute'
  readonly winner: string
  readonly loser: string
  readonly amount: bigint
}

export interface ProofFact extends Fact {
  readonly fact: 'proof'
  readonly verifier: string
  readonly prover: string
}

export interface AttestationFact extends Fact {
  readonly fact: 'attestation'
  readonly issuer: string
  readonly subject: string
  readonly accepted: boolean
  readonly revoked: boolean
}

export interface RatingFact extends Fact {
  readonly fact: 'rating'
  readonly rater: string
  readonly rated: string
  /** Finite; below zero is distrust. */
  readonly rating: number
}

export type SettledFact = SettlementFact | DisputeFact | ProofFact | AttestationFact | RatingFact

/** In the order of the facts. `unit` is the number of base units that one unit of `value` is. Errors: EDGE_INVALID. */
export function* edgesOfEvents(facts: Iterable<SettledFact>, unit = 1n): Generator<Edge> {
  if (unit <= 0n)
    throw new ReputationError('EDGE_INVALID', `a unit of ${unit} base units: it must be positive`)
  for (const fact of facts) yield* edgesOfFact(fact, unit)
}

function edgesOfFact(fact: SettledFact, unit: bigint): Edge[] {
  const time = fact.at
  switch (fact.fact) {
    case 'settlement': {
      const { payer, payee, cosigned } = fact
      const value = unitsOf(fact.amount, unit)
      if (value === 0) return []
      return [{ from: payer, to: payee, weight: 1, kind: 'settlement', time, value, accepted: cosigned }]
    }
    case 'dispute': {
      const { winner, loser } = fact
      const common = { weight: 1, kind: 'dispute', time, value: unitsOf(fact.amount, unit) } as const
      return [
        { ...common, from: winner, to: loser, sign: -1 },
        { ...common, from: loser, to: winner },
      ]
    }
    case 'proof':
      return [{ from: fact.verifier, to: fact.prover, weight: 1, kind: 'proof', time, accepted: true }]
    case 'attestation': {
      const { issuer, subject, accepted } = fact
      return fact.revoked
        ? []
        : [{ from: issuer, to: subject, weight: 1, kind: 'attestation', time, accepted }]
    }
    case 'rating': {
      const { rater, rated, rating } = fact
      const sign = rating < 0 ? -1 : 1
      return [{ from: rater, to: rated, weight: Math.abs(rating), sign, kind: 'rating', time }]
    }
  }
}

/** The quotient to 53 bits, also of amounts that are no doubles. */
function unitsOf(amount: bigint, unit: bigint): number {
  if (amount < 0n)
    throw new ReputationError('EDGE_INVALID', `an amount of ${amount}: it must not be negative`)
  return Number(amount / unit) + Number(amount % unit) / Number(unit)
}
