/** How each side decides what to answer. Pure functions of its private policy; the caller signs and sends. */
import { equalBytes, type Hash } from '@symbolon/primitives'
import { type Descriptor, descriptorDigest } from '../descriptor/descriptor.ts'
import { DEVIATION_TOLERANCE_PPM } from '../limits.ts'
import { combinedDeviationPpm, counteredFields } from './deviation.ts'
import type { NegotiationContent, RejectReason } from './message.ts'
import { isLastMessage, type NegotiationState, sameSoftTerms } from './negotiation.ts'
import {
  clamp,
  HARD_FIELDS,
  type HardTerms,
  SOFT_FIELDS,
  type SoftRanges,
  type SoftTerms,
  within,
} from './terms.ts'

export interface ProviderPolicy {
  readonly descriptor: Descriptor
  /** Digest of `descriptor`, if the caller has it already. */
  readonly descriptorDigest?: Hash
  /** Units that can be sold now. */
  readonly quantityMax: bigint
  readonly resources: readonly string[]
  /** What it can live with. */
  readonly ranges: SoftRanges
}

export interface BuyerPolicy {
  /** The worst it accepts; its offer names what it prefers. */
  readonly limits: SoftRanges
  /** For two or more countered fields together (NG-4); default DEVIATION_TOLERANCE_PPM. */
  readonly deviationTolerancePpm?: bigint
}

const reject = (reasons: RejectReason[]): NegotiationContent => ({ kind: 'reject', body: { reasons } })
const accept = (soft: SoftTerms): NegotiationContent => ({ kind: 'accept', body: { soft } })
const counterOffer = (soft: SoftTerms): NegotiationContent => ({ kind: 'counterOffer', body: { soft } })

/** Hard fields that the provider cannot meet; empty if all match. */
export function hardMismatches(hard: HardTerms, policy: ProviderPolicy): RejectReason[] {
  const { descriptor } = policy
  const { latencyCeilingMs, throughputFloorOps } = descriptor.serviceLevel
  const met: Record<(typeof HARD_FIELDS)[number], boolean> = {
    descriptor: equalBytes(hard.descriptor, policy.descriptorDigest ?? descriptorDigest(descriptor)),
    resource: policy.resources.includes(hard.resource),
    quantity: hard.quantity >= 1n && hard.quantity <= policy.quantityMax,
    latencyCeilingMs: latencyCeilingMs <= hard.latencyCeilingMs,
    throughputFloorOps: throughputFloorOps >= hard.throughputFloorOps,
    credentialType: descriptor.credentialTypes.includes(hard.credentialType),
  }
  return HARD_FIELDS.filter((field) => !met[field])
}

/**
 * The provider's answer to an offer or a counter-offer. Hard mismatches reject with one reason per field; soft values
 * outside its ranges are countered with the nearest it accepts.
 */
export function answerAsProvider(state: NegotiationState, policy: ProviderPolicy): NegotiationContent {
  const mismatches = hardMismatches(state.hard, policy)
  if (mismatches.length > 0) return reject(mismatches)
  const outside = SOFT_FIELDS.filter((field) => !within(state.soft[field], policy.ranges[field]))
  if (outside.length === 0) return accept(state.soft)
  if (isLastMessage(state)) return reject([...outside, 'messagesExhausted'])
  const soft = { ...state.soft }
  for (const field of outside) soft[field] = clamp(state.soft[field], policy.ranges[field])
  return counterOffer(soft)
}

/**
 * The buyer's answer to a counter-offer. A value beyond its limit ends the negotiation; two or more countered fields
 * must also be within the combined tolerance, or the buyer meets the provider half way while messages are left.
 */
export function answerAsBuyer(state: NegotiationState, policy: BuyerPolicy): NegotiationContent {
  const beyond = SOFT_FIELDS.filter((field) => !within(state.soft[field], policy.limits[field]))
  if (beyond.length > 0) return reject([...beyond])
  const countered = counteredFields(state.preferred, state.soft)
  const tolerance = policy.deviationTolerancePpm ?? DEVIATION_TOLERANCE_PPM
  if (countered.length < 2 || combinedDeviationPpm(state.preferred, state.soft) <= tolerance)
    return accept(state.soft)
  if (isLastMessage(state)) return reject(['combinedDeviation', 'messagesExhausted'])
  const soft = { ...state.soft }
  for (const field of countered) soft[field] = (state.soft[field] + state.preferred[field]) / 2n
  return sameSoftTerms(soft, state.soft) ? reject(['combinedDeviation']) : counterOffer(soft)
}
