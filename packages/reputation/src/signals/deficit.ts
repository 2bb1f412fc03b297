/** Signals of one score against the graph's median: s5, and the "low" and "high" that s8 and s9 combine (TRU-026, TRU-029, TRU-030). */

/** Of all values; the mean of the middle two where their number is even. 0 of none. */
export function median(values: Float64Array): number {
  if (values.length === 0) return 0
  const sorted = values.slice().sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** s5 = max(0, (median − SR)/median), 0 if the median is 0. Half of any graph lies below its median: a grade, not a flag. */
export function sybilRankDeficit(sybilRank: Float64Array): Float64Array {
  const middle = median(sybilRank)
  return sybilRank.map((value) => (middle > 0 ? Math.max(0, (middle - value) / middle) : 0))
}

/** Below this share of the median is low. */
export const LOW_SHARE = 0.25
/** Above this multiple of the median is high. */
export const HIGH_MULTIPLE = 2

/** A value per node that is below LOW_SHARE of the median. */
export function low(values: Float64Array): (node: number) => boolean {
  const limit = LOW_SHARE * median(values)
  return (node) => (values[node] as number) < limit
}

export function high(values: Float64Array): (node: number) => boolean {
  const limit = HIGH_MULTIPLE * median(values)
  return (node) => (values[node] as number) > limit
}
