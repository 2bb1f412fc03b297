/**
 * Exponential moving averages in parts per million (CON-090, CON-091): truncating division, then the bounds.
 */
import { PPM, SCORE_MAX, SCORE_MIN } from './limits.ts'

export function clampScore(score: bigint): bigint {
  if (score < SCORE_MIN) return SCORE_MIN
  return score > SCORE_MAX ? SCORE_MAX : score
}

/** One epoch: (alpha × score + (10⁶ − alpha) × performance) div 10⁶, clamped. All in parts per million. */
export function nextScore(score: bigint, performance: bigint, alpha: bigint): bigint {
  return clampScore((alpha * score + (PPM - alpha) * performance) / PPM)
}

/** Scale of the powers while they are computed; 12 digits more than parts per million keep. */
const FINE = 10n ** 18n
/** Powers for 0 … 63 epochs of the last alpha that was asked for: a frame has one. */
let table: { readonly alpha: bigint; readonly powers: bigint[] } = { alpha: -1n, powers: [] }
const TABLE_LENGTH = 64

/**
 * alphaᵏ in parts per million. The value is defined as this computation (square and multiply at 18 decimals, truncating),
 * so that all nodes agree; it is within one part per million of the real power. Cost O(log k), O(1) up to 63 epochs.
 */
export function alphaPower(alpha: bigint, epochs: bigint): bigint {
  if (epochs >= BigInt(TABLE_LENGTH)) return power(alpha, epochs)
  if (table.alpha !== alpha)
    table = { alpha, powers: Array.from({ length: TABLE_LENGTH }, (_, k) => power(alpha, BigInt(k))) }
  return table.powers[Number(epochs)] ?? power(alpha, epochs)
}

function power(alpha: bigint, epochs: bigint): bigint {
  let result = FINE
  let square = (alpha * FINE) / PPM
  for (let k = epochs; k > 0n; k >>= 1n) {
    if ((k & 1n) === 1n) result = (result * square) / FINE
    square = (square * square) / FINE
  }
  return result / (FINE / PPM)
}

/** `epochs` epochs of constant performance at once: P + alphaᵏ × (score − P) div 10⁶, clamped once (open question 4). */
export function scoreAfter(score: bigint, performance: bigint, alpha: bigint, epochs: bigint): bigint {
  return clampScore(performance + (alphaPower(alpha, epochs) * (score - performance)) / PPM)
}
