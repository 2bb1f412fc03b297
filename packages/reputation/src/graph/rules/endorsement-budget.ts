/**
 * TRU-040. An agent's endorsements count up to a budget per epoch, the earliest ones: following back costs something, and nobody
 * vouches for everybody. Payments and proofs cost money or work already and are not counted; anchors have a cap by their stake.
 */
import type { EdgeKind } from '../trust-graph.ts'
import { type EvidenceRule, grouped } from './evidence-rule.ts'

const COUNTED: readonly (EdgeKind | undefined)[] = ['citation', 'attestation', 'rating', undefined]

/** Support that is a citation, attestation, rating or of no kind. 10 per epoch unless told. */
export function endorsementBudgetRule({ budget = 10 } = {}): EvidenceRule {
  return (input) => {
    const { table, isAnchor, setWeight, weightOf, find } = input
    const groups = grouped(
      input,
      (place) =>
        ((table.marks?.[place] ?? 0) & 1) === 0 &&
        weightOf(place) > 0 &&
        isAnchor[table.sources[place]!] === 0 &&
        COUNTED.includes(table.kindAt(place)),
      false,
    )
    const finding = find({
      rule: 'endorsement-budget',
      why: `more than ${budget} endorsements in an epoch`,
      nodes: [],
    })
    for (const group of groups) for (const place of group.subarray(budget)) setWeight(place, 0, finding)
  }
}
