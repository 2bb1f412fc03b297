/**
 * e^x and the logistic function from + − × ÷ alone (TRU-012). `Math.exp` may differ in the last bit between engines; a
 * model must not. The algorithm is fdlibm's (Sun Microsystems 1993): reduce by multiples of ln 2, then a rational
 * approximation; error below one unit in the last place.
 */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const INVERSE_LN2 = Math.LOG2E
const P1 = 0.16666666666666602
const P2 = -0.0027777777777015593
const P3 = 6.613756321437934e-5
const P4 = -1.6533902205465252e-6
const P5 = 4.1381367970572385e-8

const EXPONENT_MAX = 1023

/** 2^k for −1023 … 1023, by doubling and halving, which are exact. */
const POWERS = (() => {
  const powers = new Float64Array(2 * EXPONENT_MAX + 1)
  let up = 1
  let down = 1
  for (let k = 0; k <= EXPONENT_MAX; k++) {
    powers[EXPONENT_MAX + k] = up
    powers[EXPONENT_MAX - k] = down
    up *= 2
    down /= 2
  }
  return powers
})()

/** `x` is clamped to ±708: beyond it doubles underflow or overflow. NaN gives NaN. */
export function exponential(x: number): number {
  const held = x > 708 ? 708 : x < -708 ? -708 : x
  const k = Math.trunc(INVERSE_LN2 * held + (held < 0 ? -0.5 : 0.5))
  const high = held - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const t = r * r
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))))
  return (1 - (low - (r * c) / (2 - c) - high)) * (POWERS[EXPONENT_MAX + k] as number)
}

/** 1/(1 + e^−margin), without loss of small probabilities. */
export function logistic(margin: number): number {
  if (margin >= 0) return 1 / (1 + exponential(-margin))
  const odds = exponential(margin)
  return odds / (1 + odds)
}

/** The margin whose logistic is `probability`, 0 < probability < 1. */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability))
}
