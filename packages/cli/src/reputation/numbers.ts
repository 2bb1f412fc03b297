/** Numbers of arguments and tables. */
import { usage } from '../parse.ts'

/** A number from `low` to `high`, both included. Errors: USAGE. */
export function parseNumber(text: string, what: string, low: number, high: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= low && value <= high))
    throw usage(`${what}: "${text.slice(0, 40)}" is not a number from ${low} to ${high}`)
  return value
}

/** A whole number from `low` to `high`. Errors: USAGE. */
export function parseWhole(text: string, what: string, low: number, high: number): number {
  const value = parseNumber(text, what, low, high)
  if (!Number.isInteger(value)) throw usage(`${what}: ${text} is not a whole number`)
  return value
}

/** Numbers separated by commas. Errors: USAGE. */
export function parseNumbers(text: string, what: string, low: number, high: number): number[] {
  return text.split(',').map((part) => parseNumber(part, what, low, high))
}

/** Shown with so many decimals; `–` where there is none. */
export function shown(value: number | null | undefined, decimals = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1')
}

export function percent(value: number | null | undefined, decimals = 1): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? shown(value)
    : `${(100 * value).toFixed(decimals)} %`
}

/** JSON has neither NaN nor infinities: null stands for "not defined". */
export function finite(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value
}
