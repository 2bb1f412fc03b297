/**
 * How much may stay unsettled (`ch01-02` SG-1 to SG-6, SG-9): expected loss P × V must stay below the cost C of a checkpoint, and V
 * below what an attack on the ledger costs. Integers only; probabilities in parts per billion.
 */
import type { Amount } from '@symbolon/primitives'
import { ChannelError } from '../errors.ts'

export const PARTS_PER_BILLION = 1_000_000_000n

export interface GranularityInputs {
  /** Probability that the newest settled depth is reorganised, parts per billion (SG-1). */
  readonly reorgProbability: bigint
  /** Fee, capital cost while it confirms, and routing disruption of one checkpoint (SG-2), base units. */
  readonly checkpointCost: Amount
  /** What an attacker must spend on a reorganisation (SG-4), base units. */
  readonly adversarialCeiling: Amount
}

/** V_trigger = min(C ÷ P, ceiling), truncated; without a reorg risk the ceiling alone binds. Throws POLICY_INPUT. */
export function settlementTrigger({
  reorgProbability,
  checkpointCost,
  adversarialCeiling,
}: GranularityInputs): Amount {
  if (
    reorgProbability < 0n ||
    reorgProbability > PARTS_PER_BILLION ||
    checkpointCost < 0n ||
    adversarialCeiling < 0n
  )
    throw new ChannelError(
      'POLICY_INPUT',
      'Probabilities are 0 to 1,000,000,000 parts per billion; costs are not negative.',
    )
  if (reorgProbability === 0n) return adversarialCeiling
  const lossBound = (checkpointCost * PARTS_PER_BILLION) / reorgProbability
  return lossBound < adversarialCeiling ? lossBound : adversarialCeiling
}

/** SG-5: go on while the unsettled value is within the trigger, else settle or slow down. */
export function granularityAction(unsettled: Amount, inputs: GranularityInputs): 'advance' | 'checkpoint' {
  return unsettled <= settlementTrigger(inputs) ? 'advance' : 'checkpoint'
}

/**
 * SG-6: milliseconds until the next evaluation, shorter as the unsettled value nears the trigger: at the measured rate of
 * accumulation, half of the time in which the room left would be used up.
 * @param ratePerSecond base units accumulated per second
 */
export function nextEvaluationMs(
  unsettled: Amount,
  inputs: GranularityInputs,
  ratePerSecond: Amount,
  bounds: { minMs: bigint; maxMs: bigint },
): bigint {
  const room = settlementTrigger(inputs) - unsettled
  if (room <= 0n) return bounds.minMs
  if (ratePerSecond <= 0n) return bounds.maxMs
  const half = (room * 1_000n) / (2n * ratePerSecond)
  return half < bounds.minMs ? bounds.minMs : half > bounds.maxMs ? bounds.maxMs : half
}

/** SG-9: the longest time that value may stay unsettled, which dispute windows and watchers must cover. */
export function maximumUnsettledMs(inputs: GranularityInputs, ratePerSecond: Amount): bigint | undefined {
  return ratePerSecond <= 0n ? undefined : (settlementTrigger(inputs) * 1_000n) / ratePerSecond
}
