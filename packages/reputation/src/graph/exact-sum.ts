/**
 * Sums that do not depend on the order of their terms: the exact sum, rounded once (Shewchuk 1997; the `fsum` of Python).
 * Merging parallel edges this way makes a graph independent of the order of its input, and lets a later edge be added to a
 * merged weight with the same bits as if it had been there from the start (TRU-012).
 *
 * A sum is an expansion: non-overlapping doubles of ascending magnitude whose exact sum is meant. Most sums (counts, whole
 * amounts) fit one double, so expansions are kept only where they do not.
 */

/** Adds one finite term to `partials` in place. O(length); the length stays below 40 for doubles. */
export function accumulate(partials: number[], term: number): void {
  let x = term
  let kept = 0
  for (const partial of partials) {
    const [larger, smaller] = Math.abs(x) < Math.abs(partial) ? [partial, x] : [x, partial]
    const high = larger + smaller
    const low = smaller - (high - larger)
    if (low !== 0) partials[kept++] = low
    x = high
  }
  partials.length = kept
  partials.push(x)
}

/** The double nearest to the exact sum, ties to even. 0 for an empty expansion. */
export function rounded(partials: readonly number[]): number {
  let place = partials.length
  if (place === 0) return 0
  let high = partials[--place]!
  let low = 0
  while (place > 0) {
    const x = high
    const y = partials[--place]!
    high = x + y
    low = y - (high - x)
    if (low !== 0) break
  }
  // Half-way cases: the partials below decide, and they all lie on the side of the next one.
  if (place > 0 && low !== 0 && Math.sign(low) === Math.sign(partials[place - 1]!)) {
    const twice = low * 2
    const moved = high + twice
    if (twice === moved - high) return moved
  }
  return high
}

/**
 * What `rounded` leaves out, as the one expansion that every order of the same terms leads to: each term is the nearest double
 * to what is left. Empty if the sum is a double.
 */
export function remainderOf(partials: readonly number[]): number[] {
  const left = [...partials]
  const remainder: number[] = []
  for (;;) {
    accumulate(left, -rounded(left))
    const next = rounded(left)
    if (next === 0) return remainder
    remainder.push(next)
  }
}

/** True if `a + b` is a double. */
export function addsExactly(a: number, b: number): boolean {
  const sum = a + b
  const part = sum - a
  return a - (sum - part) + (b - part) === 0
}
