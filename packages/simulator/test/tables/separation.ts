/** Share of (left, right) pairs in which the left value is the larger; equal within `tie` counts one half. By counting pairs. */
export function separation(
  values: ArrayLike<number>,
  left: readonly number[],
  right: readonly number[],
  tie = 1e-9,
): number {
  let won = 0
  for (const i of left)
    for (const j of right) {
      const difference = (values[i] as number) - (values[j] as number)
      won += Math.abs(difference) <= tie ? 0.5 : difference > 0 ? 1 : 0
    }
  return won / (left.length * right.length)
}
