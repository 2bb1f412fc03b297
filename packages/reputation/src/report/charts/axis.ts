/** Linear axes. Pictures are laid out in shares of their width, so that text keeps its size when the page is narrow. */

export interface Axis {
  readonly low: number
  readonly high: number
  /** Ascending, inside the range. */
  readonly ticks: readonly number[]
}

const STEPS = [1, 2, 2.5, 5, 10]

/** The round step that gives about `wanted` intervals. */
function roundStep(span: number, wanted: number): number {
  const raw = span / wanted
  let power = 1
  while (power > raw) power /= 10
  while (power * 10 <= raw) power *= 10
  return power * (STEPS.find((step) => step * power >= raw) ?? 10)
}

/** Covers low … high, widened to round numbers. A span of nothing becomes one of 1. */
export function axis(low: number, high: number, wanted = 5): Axis {
  const span = high > low ? high - low : 1
  const step = roundStep(span, wanted)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil((low + span) / step - 1e-9))
  const ticks: number[] = []
  for (let k = first; k <= last; k++) ticks.push(Number((k * step).toPrecision(12)))
  return { low: ticks[0] as number, high: ticks.at(-1) as number, ticks }
}

/** Where a value stands, 0 … 1; what lies outside is set on the edge. */
export function shareOf({ low, high }: Axis, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}
