/**
 * Whether publishing an old state can pay (`ch01-02` CM-11, CM-15). Probabilities in parts per billion; amounts in base
 * units; expected values are exact rationals over PARTS_PER_BILLION.
 */
import type { Amount } from '@symbolon/primitives'
import { ChannelError } from '../errors.ts'
import { PARTS_PER_BILLION } from './settlement-granularity.ts'

/** EV × 10⁹ = (1 − p) × gain − p × stake, with p in parts per billion. Negative: cheating loses. */
export function cheatingExpectedValue(gain: Amount, stake: Amount, detection: bigint): bigint {
  requireProbability(detection)
  return (PARTS_PER_BILLION - detection) * gain - detection * stake
}

/** Detection below which cheating pays: gain ÷ (gain + stake), rounded up, parts per billion (CM-11). */
export function cheatingThreshold(gain: Amount, stake: Amount): bigint {
  if (gain + stake === 0n) return 0n
  return ceilDivide(gain * PARTS_PER_BILLION, gain + stake)
}

/** Smallest stake with which cheating for `gain` does not pay: gain × (1 − p) ÷ p, rounded up (CM-15). p > 0. */
export function reserveFor(gain: Amount, detection: bigint): Amount {
  requireProbability(detection)
  if (detection === 0n)
    throw new ChannelError(
      'POLICY_INPUT',
      'Without any detection no reserve deters (CM-16): delegate to a watcher first.',
    )
  return ceilDivide(gain * (PARTS_PER_BILLION - detection), detection)
}

/** True if the party should be warned: with this stake and detection, cheating pays (CM-15). */
export function cheatingPays(gain: Amount, stake: Amount, detection: bigint): boolean {
  return cheatingExpectedValue(gain, stake, detection) > 0n
}

function requireProbability(value: bigint): void {
  if (value < 0n || value > PARTS_PER_BILLION)
    throw new ChannelError(
      'POLICY_INPUT',
      `A probability is 0 to ${PARTS_PER_BILLION} parts per billion, not ${value}.`,
    )
}

function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}
