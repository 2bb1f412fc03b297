/** The largest eigenpair of a small symmetric tridiagonal matrix: values by bisection on Sturm counts, the vector by inverse iteration. */

export interface TridiagonalTop {
  readonly value: number
  /** The second largest, −∞ for a single row. */
  readonly second: number
  /** Of `value`, length 1. */
  readonly vector: Float64Array
}

/** Eigenvalues above x: the number of positive pivots of T − x·I. */
function countAbove(diagonal: ArrayLike<number>, beside: ArrayLike<number>, size: number, x: number): number {
  let count = 0
  let pivot = 1
  for (let i = 0; i < size; i++) {
    const off = i === 0 ? 0 : (beside[i - 1] as number)
    pivot = (diagonal[i] as number) - x - (off * off) / pivot
    if (pivot === 0) pivot = -1e-150
    if (pivot > 0) count++
  }
  return count
}

/** `diagonal[0 … size − 1]`, `beside[0 … size − 2]`; size at least 1. O(size). */
export function tridiagonalTop(
  diagonal: ArrayLike<number>,
  beside: ArrayLike<number>,
  size: number,
): TridiagonalTop {
  let bound = 0
  for (let i = 0; i < size; i++)
    bound = Math.max(
      bound,
      Math.abs(diagonal[i] as number) +
        (i > 0 ? Math.abs(beside[i - 1] as number) : 0) +
        (i + 1 < size ? Math.abs(beside[i] as number) : 0),
    )
  const nthLargest = (n: number): number => {
    let [low, high] = [-bound, bound]
    // 2^-56 of the bracket: below the rounding of the matrix itself.
    for (let round = 0; round < 56; round++) {
      const middle = (low + high) / 2
      if (countAbove(diagonal, beside, size, middle) >= n) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  const value = nthLargest(1)
  return {
    value,
    second: size > 1 ? nthLargest(2) : Number.NEGATIVE_INFINITY,
    vector: eigenvector(diagonal, beside, size, value, bound),
  }
}

/** Inverse iteration: T − value·I is all but singular, and what it amplifies is the vector. */
function eigenvector(
  diagonal: ArrayLike<number>,
  beside: ArrayLike<number>,
  size: number,
  value: number,
  bound: number,
): Float64Array {
  const vector = new Float64Array(size).fill(1 / Math.sqrt(size))
  for (let round = 0; round < 4; round++) {
    solve(diagonal, beside, size, value, bound, vector)
    let square = 0
    let largest = 0
    for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(vector[i] as number))
    for (let i = 0; i < size; i++) square += ((vector[i] as number) / largest) ** 2
    const length = largest * Math.sqrt(square)
    for (let i = 0; i < size; i++) vector[i] = (vector[i] as number) / length
  }
  return vector
}

/** Gauss with row exchanges, in place: each row has up to three entries from its diagonal on. */
function solve(
  diagonal: ArrayLike<number>,
  beside: ArrayLike<number>,
  size: number,
  shift: number,
  bound: number,
  x: Float64Array,
): void {
  const main = Float64Array.from({ length: size }, (_, i) => (diagonal[i] as number) - shift)
  const upper = Float64Array.from({ length: size }, (_, i) => (i + 1 < size ? (beside[i] as number) : 0))
  const second = new Float64Array(size)
  const tiny = Number.EPSILON * Math.max(bound, 1e-100)
  for (let i = 0; i + 1 < size; i++) {
    let below = beside[i] as number
    if (Math.abs(below) > Math.abs(main[i] as number)) {
      const [m, u, b] = [main[i] as number, upper[i] as number, x[i] as number]
      main[i] = below
      upper[i] = main[i + 1] as number
      second[i] = upper[i + 1] as number
      x[i] = x[i + 1] as number
      main[i + 1] = u
      upper[i + 1] = 0
      x[i + 1] = b
      below = m
    }
    if (main[i] === 0) main[i] = tiny
    const factor = below / (main[i] as number)
    main[i + 1] = (main[i + 1] as number) - factor * (upper[i] as number)
    upper[i + 1] = (upper[i + 1] as number) - factor * (second[i] as number)
    x[i + 1] = (x[i + 1] as number) - factor * (x[i] as number)
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = Math.abs(main[i] as number) < tiny ? tiny : (main[i] as number)
    const known =
      (i + 1 < size ? (upper[i] as number) * (x[i + 1] as number) : 0) +
      (i + 2 < size ? (second[i] as number) * (x[i + 2] as number) : 0)
    x[i] = ((x[i] as number) - known) / pivot
  }
}
