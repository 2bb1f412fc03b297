/**
 * Fixed point that every machine computes alike. Amounts are whole numbers carried in doubles, and no intermediate result
 * reaches 2⁵³, so each operation below is exact: there is nothing to round, and the order of additions does not matter.
 *
 *   amount   0 … MASS = 2⁴⁴        mass, probability or weight
 *   share    0 … SHARE_ONE = 2³⁰   the part of an amount that goes one way
 *
 * Why `portion` is exact: write amount = hi·2²² + lo with hi ≤ 2²² and lo < 2²². Then hi·share ≤ 2⁵², lo·share < 2⁵², and
 * ⌊amount·share / 2³⁰⌋ = ⌊(hi·share + ⌊lo·share / 2²²⌋) / 2⁸⌋, because ⌊(a + x)/n⌋ = ⌊(a + ⌊x⌋)/n⌋ for whole a and n. The sum is at
 * most 2⁵² + 2³⁰ < 2⁵³; multiplying by a power of two changes the exponent alone.
 */

/** All the mass of one walk; about 17.6 · 10¹² units, so that a node in a million still holds 16 million of them. */
export const MASS = 2 ** 44
export const SHARE_ONE = 2 ** 30
/** 100 % in parts per million. */
export const PPM = 1_000_000

/** An amount is split here; see above. */
export const SPLIT = 2 ** 22
export const PER_SPLIT = 2 ** -22
export const PER_REST = 2 ** -8

/** ⌊amount × share ÷ 2³⁰⌋, exactly, for amounts up to MASS and shares up to SHARE_ONE. */
export function portion(amount: number, share: number): number {
  const hi = Math.floor(amount * PER_SPLIT)
  const lo = amount - hi * SPLIT
  return Math.floor((hi * share + Math.floor(lo * share * PER_SPLIT)) * PER_REST)
}
