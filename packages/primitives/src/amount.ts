/**
 * Amounts: unsigned 64-bit base units of a frame's native asset, as `bigint`. One unit has 9 decimals, so the
 * largest amount is 18,446,744,073.709551615 units. All arithmetic that could leave the range is checked;
 * nothing in Symbolon computes money in floating point (DESIGN §5.3).
 */
import { SymbolonError } from './errors.ts'

/** Base units, 0 … 2^64 − 1. */
export type Amount = bigint

export const AMOUNT_MAX: Amount = 2n ** 64n - 1n
export const DECIMALS = 9
export const BASE_UNITS_PER_UNIT: Amount = 10n ** BigInt(DECIMALS)

/** Throws AMOUNT_OUT_OF_RANGE unless 0 ≤ value < 2^64. */
export function checkAmount(value: bigint, what = 'amount'): Amount {
  if (value < 0n || value > AMOUNT_MAX)
    throw new SymbolonError(
      'AMOUNT_OUT_OF_RANGE',
      `${what} must be between 0 and 2^64 - 1 base units, not ${value}`,
    )
  return value
}

export function addAmounts(a: Amount, b: Amount): Amount {
  return checkAmount(a + b, 'sum')
}

export function subtractAmounts(a: Amount, b: Amount): Amount {
  return checkAmount(a - b, 'difference')
}

/** `value × numerator ÷ denominator`, truncated, computed without intermediate overflow. */
export function scaleAmount(value: Amount, numerator: bigint, denominator: bigint): Amount {
  if (denominator <= 0n) throw new SymbolonError('AMOUNT_OUT_OF_RANGE', 'the denominator must be positive')
  return checkAmount((value * numerator) / denominator, 'scaled amount')
}

/** Decimal units with trailing zeros removed: `formatAmount(1_500_000_000n) === '1.5'`. */
export function formatAmount(value: Amount): string {
  const whole = value / BASE_UNITS_PER_UNIT
  const fraction = (value % BASE_UNITS_PER_UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '')
  return fraction === '' ? whole.toString() : `${whole}.${fraction}`
}

/** Reads decimal units (`'0.001'`); throws AMOUNT_MALFORMED on signs, exponents or more than 9 decimals. */
export function parseAmount(text: string): Amount {
  const match = /^(0|[1-9]\d{0,10})(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null)
    throw new SymbolonError(
      'AMOUNT_MALFORMED',
      `"${text.slice(0, 40)}" is not an amount: write decimal units with at most ${DECIMALS} decimals, such as 0.001`,
    )
  const fraction = (match[2] ?? '').padEnd(DECIMALS, '0')
  return checkAmount(BigInt(match[1] ?? '0') * BASE_UNITS_PER_UNIT + BigInt(fraction))
}
