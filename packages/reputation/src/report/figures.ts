/** Numbers as they are printed. Independent of any locale, so that a report is the same on every machine. */

const GROUPS = /\B(?=(\d{3})+$)/g
/** A figure that was not measured. */
export const ABSENT = '—'

function signed(text: string): string {
  return text.replace('-', '−')
}

/** Four significant digits; whole numbers, and what is above 10,000 rounded to them, in groups of three. */
export function figure(value: number | undefined, digits = 4): string {
  if (value === undefined || Number.isNaN(value)) return ABSENT
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size < 1e15 && (size >= 1e4 || Number.isInteger(value)))
    return signed(String(Math.round(value))).replace(GROUPS, ',')
  const [mantissa = '', exponent] = value.toPrecision(digits).split('e')
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return signed(exponent === undefined ? trimmed : `${trimmed}e${exponent}`)
}

/** A share, as a percentage with one decimal. */
export function percent(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return ABSENT
  if (!Number.isFinite(share)) return share > 0 ? '∞' : '−∞'
  return `${signed((100 * share).toFixed(1))} %`
}

/** A share of a width, for the coordinates of a picture. */
export function place(share: number): string {
  return `${Number((100 * Math.min(1, Math.max(0, share))).toFixed(3))}%`
}

/** As few digits as are needed to say it to six: what the data block holds. Null where there is no value. */
export function compact(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null
}
