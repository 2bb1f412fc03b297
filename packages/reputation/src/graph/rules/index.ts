export * from './attestation-delay.ts'
export * from './carousel.ts'
export * from './endorsement-budget.ts'
export {
  applyEvidenceRules,
  type EvidenceContext,
  type EvidenceInput,
  type EvidenceRule,
} from './evidence-rule.ts'
export { applyEdgeRules, type GraphRule, type RuleContext, type RuleInput } from './graph-rule.ts'
export * from './pair-cap.ts'
export * from './reciprocal.ts'
export * from './rule-log.ts'
export * from './star.ts'
