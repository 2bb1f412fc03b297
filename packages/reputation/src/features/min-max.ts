/**
 * Min-max per feature and graph, as printed (TRU-045): for comparison, never for decisions. Every value depends on the two
 * extreme nodes, which an attacker can create; every graph, also an all-honest one, has a node at 0 and one at 1; and
 * scores of different graphs are not comparable.
 */
export function minMax(values: Float64Array): {
  readonly values: Float64Array
  readonly degenerate: boolean
} {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  // A constant feature would be 0/0: it carries nothing, and says so instead of being NaN.
  if (!(most > least)) return { values: new Float64Array(values.length), degenerate: true }
  return { values: values.map((value) => (value - least) / (most - least)), degenerate: false }
}
