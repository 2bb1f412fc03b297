/** Order statistics: the only ones that other work on a shared machine does not drag away. */

/** Value below which the share `q` (0 to 1) lies, linear between neighbours. Throws RangeError without a sample. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new RangeError('a quantile needs at least one sample')
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is from 0 to 1, not ${q}`)
  const sorted = [...samples].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const below = sorted[Math.floor(at)] as number
  const above = sorted[Math.ceil(at)] as number
  return below + (above - below) * (at - Math.floor(at))
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Median of the quotients of what was measured next to each other: a slow second of the machine cancels out. */
export function medianRatio(values: readonly number[], against: readonly number[]): number {
  if (values.length !== against.length) throw new RangeError('ratios need as many samples on both sides')
  return median(values.map((value, turn) => value / (against[turn] as number)))
}
